package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// boot is process 1 in the initramfs: it loads the existing modules, turns to the
// root disk, and returns when the agent ends.
func boot() error {
	for _, step := range []func() error{
		func() error { return unix.Mount("dev", "/dev", "devtmpfs", 0, "") },
		loadModules,
		mountRoot,
		mountSystem,
		func() error { return exec.Command("ifconfig", "lo", "127.0.0.1").Run() },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	cmd := exec.Command("/guest", "agent")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	for { // orphans end here too
		switch pid, err := unix.Wait4(-1, nil, 0, nil); {
		case pid == cmd.Process.Pid:
			return errors.New("the agent has ended")
		case err != nil && err != unix.EINTR:
			return err
		}
	}
}

// loadModules loads /modules in the order of their names.
func loadModules() error {
	files, err := filepath.Glob("/modules/*")
	for _, name := range files {
		module, err := os.ReadFile(name)
		if err == nil {
			err = unix.InitModule(module, "")
		}
		// crc32c-intel and the like do not load on other processors.
		if err != nil && !errors.Is(err, unix.ENODEV) {
			return fmt.Errorf("load %s: %w", name, err)
		}
	}
	return err
}

func mountRoot() error {
	var err error
	for range 1000 { // the disk may come late
		if err = unix.Mount("/dev/vda", "/root", "ext4", 0, ""); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err != nil {
		return fmt.Errorf("mount the root disk: %w", err)
	}
	// As switch_root does, for containers: the initramfs is no root that can be left.
	return errors.Join(os.Chdir("/root"), unix.Mount(".", "/", "", unix.MS_MOVE, ""), unix.Chroot("."), os.Chdir("/"))
}

func mountSystem() error {
	for _, m := range [][2]string{
		{"devtmpfs", "/dev"}, {"proc", "/proc"}, {"sysfs", "/sys"}, {"tmpfs", "/run"}, {"tmpfs", "/tmp"}, {"cgroup2", "/sys/fs/cgroup"},
		{"devpts", "/dev/pts"}, {"tmpfs", "/dev/shm"},
	} {
		if err := errors.Join(os.MkdirAll(m[1], 0o755), unix.Mount(m[0], m[1], m[0], 0, "")); err != nil {
			return fmt.Errorf("mount %s: %w", m[1], err)
		}
	}
	return errors.Join(os.Setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), os.Setenv("HOME", "/tmp"), os.Chmod("/tmp", 0o1777),
		os.Symlink("/proc/self/fd", "/dev/fd"))
}

// halt turns the machine off.
func halt(why error) {
	fmt.Println("guest:", why)
	unix.Sync()
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
	os.Exit(1)
}
