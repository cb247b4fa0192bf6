package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/tests/vm/wire"
)

// agent runs the scripts that the test sends until it hangs up.
func agent([]string) error {
	port, err := openPort()
	if err != nil {
		return err
	}
	requests, answers := json.NewDecoder(port), json.NewEncoder(port)
	for err = answers.Encode(wire.Answer{}); err == nil; {
		var r wire.Request
		if err = requests.Decode(&r); err == nil {
			err = answers.Encode(run(r.Script))
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// openPort opens the device of the virtio port by its name.
func openPort() (*os.File, error) {
	names, err := filepath.Glob("/sys/class/virtio-ports/*/name")
	for _, name := range names {
		if text, err := os.ReadFile(name); err == nil && strings.TrimSpace(string(text)) == wire.Port {
			return os.OpenFile(filepath.Join("/dev", filepath.Base(filepath.Dir(name))), os.O_RDWR, 0)
		}
	}
	return nil, errors.Join(fmt.Errorf("no virtio port %q", wire.Port), err)
}

// run runs a script. Its background processes may go on, so its output goes to files:
// a pipe would be waited for.
func run(script string) wire.Answer {
	out, err := os.CreateTemp("", "output-*")
	if err != nil {
		return failed(err)
	}
	defer os.Remove(out.Name()) //nolint:errcheck // in memory
	defer out.Close()           //nolint:errcheck // read by its name
	complaints, err := os.CreateTemp("", "errors-*")
	if err != nil {
		return failed(err)
	}
	defer os.Remove(complaints.Name()) //nolint:errcheck // in memory
	defer complaints.Close()           //nolint:errcheck // read by its name
	cmd := exec.Command("sh", "-c", script)
	cmd.Stdout, cmd.Stderr = out, complaints
	if err := cmd.Run(); cmd.ProcessState == nil {
		return failed(err)
	}
	a := wire.Answer{Code: cmd.ProcessState.ExitCode()}
	if a.Output, err = os.ReadFile(out.Name()); err == nil {
		a.Errors, err = os.ReadFile(complaints.Name())
	}
	if err != nil {
		return failed(err)
	}
	return a
}

func failed(err error) wire.Answer { return wire.Answer{Errors: []byte(err.Error()), Code: -1} }
