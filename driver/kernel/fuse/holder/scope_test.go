package holder_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
)

// call is a call of a method by a process.
type call struct {
	method string
	body   []any
	pid    int
}

// answerBus speaks D-Bus with one client, and returns its last call.
func answerBus(l net.Listener) (last call, err error) {
	conn, err := l.Accept()
	if err != nil {
		return last, err
	}
	defer conn.Close() //nolint:errcheck // a test
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return last, err
	}
	_ = raw.Control(func(fd uintptr) {
		if peer, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			last.pid = int(peer.Pid)
		}
	})
	in := bufio.NewReader(conn)
	for line := ""; !strings.HasPrefix(line, "BEGIN"); {
		if line, err = in.ReadString('\n'); err != nil {
			return last, err
		}
		switch line = strings.TrimLeft(line, "\x00"); {
		case line == "AUTH\r\n":
			fmt.Fprint(conn, "REJECTED EXTERNAL\r\n")
		case line == "AUTH EXTERNAL\r\n":
			fmt.Fprint(conn, "DATA\r\n")
		case strings.HasPrefix(line, "DATA"): // without an ID: the bus asks the kernel for it
			fmt.Fprint(conn, "OK 0123456789abcdef0123456789abcdef\r\n")
		case strings.HasPrefix(line, "NEGOTIATE"):
			fmt.Fprint(conn, "ERROR\r\n")
		}
	}
	for {
		m, err := dbus.DecodeMessage(in)
		if err != nil {
			return last, nil // the client has ended
		}
		last.method, last.body = m.Headers[dbus.FieldMember].Value().(string), m.Body
		reply := &dbus.Message{Type: dbus.TypeMethodReply, Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldReplySerial: dbus.MakeVariant(m.Serial()), dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf("")),
		}, Body: []any{":1.1"}}
		if err := reply.EncodeTo(conn, binary.LittleEndian); err != nil {
			return last, err
		}
	}
}

// TestScope has a bus that takes the call, but moves no process: the holder asks for its scope, and serves
// without it.
func TestScope(t *testing.T) {
	dir := mounttest.Scratch(t)
	socket := filepath.Join(dir, "bus")
	l, err := net.Listen("unix", socket)
	must(t, err)
	defer l.Close() //nolint:errcheck // a test
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+socket)
	calls := make(chan call, 1)
	go func() {
		last, err := answerBus(l)
		if err != nil {
			t.Error(err)
		}
		calls <- last
	}()
	s := start(t, dir, 100)
	got := <-calls
	if got.method != "StartTransientUnit" || len(got.body) != 4 || got.pid != running(t, dir).Holder {
		t.Fatalf("%+v", got)
	}
	if name := fmt.Sprint(got.body[0]); !strings.HasPrefix(name, "podman-composefs-") || !strings.HasSuffix(name, ".scope") {
		t.Errorf("unit %s", name)
	}
	if properties := fmt.Sprint(got.body[2]); !strings.Contains(properties, "PIDs") || !strings.Contains(properties, "[0]") {
		t.Errorf("properties %s", properties)
	}
	s.find(t)
	s.end(t)
	_ = os.Remove(socket)
}
