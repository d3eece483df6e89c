//go:build unix && !linux

package devstack

import "syscall"

// attributes puts the child into a process group of its own. Only Linux can tie its life to ours: elsewhere a
// child survives us when we are killed with SIGKILL.
func attributes(as *account, _ syscall.Signal) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	if as != nil {
		attributes.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
	return attributes
}
