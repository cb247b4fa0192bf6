//go:build linux

package storageconf_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/containers/storage/pkg/unshare"
	"github.com/containers/storage/types"

	"github.com/composefs-storage/composefs-storage/config"
)

const (
	machineEnv = "STORAGECONF_MACHINE" // the machine's root directory
	userEnv    = "STORAGECONF_USER"    // set if the process is not root's
	userID     = 1000
)

// report is the standard output of a process in a machine.
type report struct {
	Upstream    types.StoreOptions
	UpstreamErr string
	Options     config.Options
	Err         string
}

// TestMain is the process in a machine, if it is started as one.
func TestMain(m *testing.M) {
	if root := os.Getenv(machineEnv); root != "" {
		if err := live(root); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	for _, key := range []string{"STORAGE_DRIVER", "STORAGE_OPTS", "CONTAINERS_STORAGE_CONF_OVERRIDE"} { // these would be read by upstream
		os.Unsetenv(key) //nolint:errcheck // the names are valid
	}
	os.Exit(m.Run())
}

// live enters the machine, has both load their options, and reports.
func live(root string) error {
	if err := syscall.Chroot(root); err != nil {
		return err
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	if os.Getenv(userEnv) != "" {
		if err := syscall.Setuid(userID); err != nil {
			return err
		}
	}
	var r report
	o, err := config.Load(here(), "", nil)
	if err != nil {
		r.Err = err.Error()
	} else {
		r.Options = *o
	}
	if r.Upstream, err = types.DefaultStoreOptions(); err != nil {
		r.UpstreamErr = err.Error()
	}
	return json.NewEncoder(os.Stdout).Encode(&r)
}

// here is the machine that the process is in.
func here() config.System {
	return config.System{
		Rules:        config.Upstream,
		ReadFile:     os.ReadFile,
		ReadDir:      os.ReadDir,
		LookupEnv:    os.LookupEnv,
		ExpandEnv:    os.ExpandEnv,
		EvalSymlinks: filepath.EvalSymlinks,
		Rootless:     unshare.IsRootless() && unshare.GetRootlessUID() != 0,
		UID:          unshare.GetRootlessUID(),
		Home:         os.Getenv("HOME"),
	}
}

// makeUserDirs makes what upstream needs of a user: somewhere for a run root.
func makeUserDirs(root string) error {
	dir := filepath.Join(root, "run/user")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.Chown(dir, userID, userID); err != nil {
		return err
	}
	return os.Chmod(root, 0o755)
}
