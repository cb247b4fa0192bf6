package mount

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// fsContext is a configuration context of fsopen(2). Errors of its methods contain the messages that
// the kernel has logged in the context, for example
//
//	overlay: filesystem on upperdir is read-only: invalid argument
type fsContext struct {
	*os.File
	fsType  string
	unnamed string // a path that messages of the kernel are not to have, or ""
}

func newContext(fsType string) (*fsContext, error) {
	fd, err := unix.Fsopen(fsType, unix.FSOPEN_CLOEXEC)
	if errors.Is(err, unix.ENODEV) {
		return nil, fmt.Errorf("%s: the kernel does not have this file system: %w", fsType, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: fsopen: %w", fsType, err)
	}
	return &fsContext{File: os.NewFile(uintptr(fd), "fsopen "+fsType), fsType: fsType}, nil
}

// set sets options in order. A nil value means a flag. A string has at most 255 bytes, which is the
// limit of the kernel.
func (c *fsContext) set(options ...option) error {
	for _, o := range options {
		var err error
		switch v := o.value.(type) {
		case nil:
			err = unix.FsconfigSetFlag(int(c.Fd()), o.key)
		case string:
			err = unix.FsconfigSetString(int(c.Fd()), o.key, v)
		case *os.File:
			err = unix.FsconfigSetFd(int(c.Fd()), o.key, int(v.Fd()))
		default:
			panic(fmt.Sprintf("mount: internal error: option %s is a %T", o.key, v))
		}
		if err != nil {
			return c.explain(o.String(), err)
		}
	}
	return nil
}

// mount makes the file system and returns a detached mount of it. Closing the file unmounts it unless
// it is attached.
func (c *fsContext) mount(attrs Attrs) (*os.File, error) {
	if err := unix.FsconfigCreate(int(c.Fd())); err != nil {
		return nil, c.explain("", err)
	}
	fd, err := unix.Fsmount(int(c.Fd()), unix.FSMOUNT_CLOEXEC, int(attrs))
	if err != nil {
		return nil, c.explain("fsmount", err)
	}
	return os.NewFile(uintptr(fd), c.fsType+" mount"), nil
}

// explain adds the messages of the kernel to err, or what if there are none. Each read of a context
// returns one message, which starts with its level and a space.
func (c *fsContext) explain(what string, err error) error {
	var messages []string
	buf := make([]byte, 4096)
	for {
		n, rerr := unix.Read(int(c.Fd()), buf)
		if rerr != nil || n <= 2 {
			break
		}
		messages = append(messages, strings.TrimSpace(string(buf[2:n])))
	}
	text := strings.Join(messages, "; ")
	if c.unnamed != "" {
		text = strings.ReplaceAll(text, c.unnamed+": ", "")
	}
	if !strings.HasPrefix(text, c.fsType+": ") {
		text = strings.TrimSuffix(c.fsType+": "+text, ": ")
	}
	if len(messages) == 0 && what != "" {
		text += ": " + what
	}
	if len(messages) == 0 && what == "" && errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("%s: %w (dmesg may say why)", text, err)
	}
	return fmt.Errorf("%s: %w", text, err)
}

// option is one option of a file system.
type option struct {
	key   string
	value any // nil, string or *os.File
}

func (o option) String() string {
	switch v := o.value.(type) {
	case string:
		return fmt.Sprintf("%s=%q", o.key, v)
	case *os.File:
		return fmt.Sprintf("%s=%q", o.key, v.Name())
	}
	return o.key
}
