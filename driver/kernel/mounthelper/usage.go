//go:build linux

package mounthelper

// usage is the text of --help.
const usage = `Usage:
  mount.composefs FILE DIR -o basedir=OBJECTS[,OPTION...] [-sfnv] [-N NAMESPACE]
                  [-t composefs]
  mount -t composefs FILE DIR -o basedir=OBJECTS[,OPTION...]
  mount.composefs --from-cmdline SYSROOT DIR [-o OPTION...]

Mount the composefs image in FILE on the directory DIR, with the contents of its
files from the object directory OBJECTS. "umount DIR" unmounts it. It takes the
options of mount.composefs 1.0.8, the C program, and those that mount(8) passes on.

With --from-cmdline, mount the image that the kernel's command line names by its
fs-verity digest, composefs=DIGEST or composefs.digest=v1-sha256-12:DIGEST, from the
repository SYSROOT/composefs. The image and all files need fs-verity. With a question
mark before DIGEST, they need it only if the image has it. The source of the mount is
composefs=DIGEST.

` + OptionsUsage + `
  -s   ignore unknown options in LIST
  -f   do everything but mount
  -n   no effect: there is no mtab
  -v   print the mount
  -N   mount in the mount namespace of the process with the ID NAMESPACE, or in that
       of a file; all paths are looked up there
  -t   the type, composefs

Exit codes, as those of mount(8):
  0   mounted
  1   the command line is wrong
  32  the mount failed; standard error has the reason
`

// OptionsUsage describes the mount options.
const OptionsUsage = `Options:
  -o, --options LIST    mount options, with commas between them. A backslash before a
                        comma, colon or backslash makes it part of a name

  basedir=DIR[:DIR...]  the object directories of FILE. The first that has an object counts
  digest=DIGEST         mount the image only if the kernel measures this fs-verity
                        digest; implies verity
  verity                open files only if their objects have the fs-verity digests
                        that the image names (Linux 6.6)
  tryverity             verity, if the kernel supports it
  upperdir=DIR          write changes there; without it the mount is read-only. It is
                        complete only together with the image: of a file it may have
                        nothing but changed metadata
  workdir=DIR           needed with upperdir: an empty directory on its file system
  idmap=FILE            show owners as the user namespace FILE maps them, for example
                        /proc/PID/ns/user (Linux 5.19)
  context=LABEL         the SELinux label of all files
  xino=on|auto|off      on: a mount with upperdir is one device, with inode numbers
                        that stay; the kernel's configuration decides without it
  ro, nodev, nosuid, noexec, noatime and the like
                        as in mount(8)
`
