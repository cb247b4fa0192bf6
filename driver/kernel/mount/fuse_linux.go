package mount

import (
	"os"
	"strconv"
)

// FUSE makes a detached read-only mount of a FUSE file system, whose requests come from device, an open /dev/fuse
// of which no other mount was made. The mount needs no server: requests wait for one. It belongs to the user
// namespace of the process. The kernel checks permissions by modes, so other users of the namespace may use
// it too.
func FUSE(device *os.File) (*os.File, error) {
	context, err := newContext("fuse")
	if err != nil {
		return nil, err
	}
	defer context.Close() //nolint:errcheck // it is not needed any more
	err = context.set(
		option{key: "source", value: "composefs"}, option{key: "fd", value: strconv.Itoa(int(device.Fd()))},
		option{key: "rootmode", value: "40000"}, option{key: "user_id", value: "0"}, option{key: "group_id", value: "0"},
		option{key: "default_permissions"}, option{key: "allow_other"}, option{key: "ro"},
	)
	if err != nil {
		return nil, err
	}
	return context.mount(ReadOnly)
}
