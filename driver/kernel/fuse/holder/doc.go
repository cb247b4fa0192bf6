// Package holder keeps the server of an image alive. Two processes belong to each image that is
// mounted by FUSE:
//
//	podman ─ starts ─► holder ─ starts, and again ─► server ─ answers ─► kernel
//
// The holder only waits. It keeps the connection, an open /dev/fuse, so that the mount outlives a
// server that dies: the kernel lets requests wait until the next server answers them. A server
// whose holder dies goes on. Both processes end with the last mount of the image, in whichever
// mount namespace it is. If server after server ends without an answer, the holder gives up and
// writes a note.
//
// [List] finds the processes in /proc. No file records them: a record can be wrong.
//
// The holder gets a session and a mount namespace of its own, in which nothing below the
// directories of the store is mounted: otherwise it would keep the very mounts whose end it waits
// for. Other mounts of that namespace follow those of the process that has started the holder.
//
// Where the user has a systemd user manager, the holder moves into a scope
// podman-composefs-*.scope. Elsewhere it ends with the login session or the service of the process
// that has started it.
//
// Both processes run composefs-storage if that is in PATH, because it starts faster than podman and
// needs less memory, and otherwise the program that starts the holder. Programs that start a holder
// call reexec.Init at the start of main, as all programs with containers/storage do.
package holder
