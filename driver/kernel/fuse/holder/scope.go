package holder

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/containers/storage/pkg/unshare"
	"github.com/godbus/dbus/v5"
)

// scopePrefix begins the names of systemd scopes with a holder.
const scopePrefix = "podman-composefs-"

// scopeWait is how long a holder waits for the user manager.
const scopeWait = time.Second

// joinScope moves this process into a systemd scope of its own if the user has a user manager. Otherwise the image
// would be lost with the session or the service that has mounted it first, also for others.
func joinScope() error {
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	if address == "" {
		address = "unix:path=" + dbus.EscapeBusAddressValue(filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus"))
	}
	conn, err := dbus.Dial(address)
	if err != nil {
		return err
	}
	end := time.Now().Add(scopeWait)
	defer time.AfterFunc(scopeWait, func() { conn.Close() }).Stop() //nolint:errcheck // the call then fails
	defer conn.Close()                                              //nolint:errcheck // nothing is sent any more
	// In podman's user namespace the ID of the process is 0, and the bus uses the other one.
	if err := conn.Auth([]dbus.Auth{dbus.AuthExternal(strconv.Itoa(unshare.GetRootlessUID()))}); err != nil {
		return err
	}
	if err := conn.Hello(); err != nil {
		return err
	}
	type property struct {
		Name  string
		Value dbus.Variant
	}
	type unit struct {
		Name       string
		Properties []property
	}
	properties := []property{
		{"Description", dbus.MakeVariant("composefs image of podman")},
		{"Slice", dbus.MakeVariant("user.slice")}, // as podman's pause process
		{"PIDs", dbus.MakeVariant([]uint32{0})},   // the sender, in whichever PID namespace it is
	}
	manager := conn.Object("org.freedesktop.systemd1", "/org/freedesktop/systemd1")
	err = manager.Call("org.freedesktop.systemd1.Manager.StartTransientUnit", 0,
		scopePrefix+rand.Text()+".scope", "fail", properties, []unit{}).Err
	for err == nil && !InScope(os.Getpid()) && time.Now().Before(end) { // servers belong there too
		time.Sleep(time.Millisecond)
	}
	return err
}

// InScope reports whether a holder is in a systemd scope of its own.
func InScope(pid int) bool {
	cgroup, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	return err == nil && bytes.Contains(cgroup, []byte("/"+scopePrefix))
}
