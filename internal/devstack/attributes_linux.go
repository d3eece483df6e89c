package devstack

import "syscall"

// attributes puts the child into a process group of its own, so that Ctrl-C on our terminal reaches us alone
// and we stop our children in order.
func attributes(as *account, deathCause syscall.Signal) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: deathCause}
	if as != nil {
		attributes.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
	return attributes
}
