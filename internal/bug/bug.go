// Package bug holds the bugs that the audit of the chaos runs must find: each is a build tag that turns one
// constant on. In a build without the tag the constant is false, and the compiler leaves the bug out.
//
// An audit that never failed proves nothing; see docs/reliability.md.
package bug
