package machine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/composefs-storage/composefs-storage/tests/vm/wire"
)

// Machine is a machine that runs.
type Machine struct {
	cmd     *exec.Cmd
	disks   []string      // their files
	ended   chan struct{} // closed when qemu has ended
	console string        // file
	request *json.Encoder
	answers chan wire.Answer
}

// patience is what nothing takes, not even on a machine that is busy with other things.
const patience = 15 * time.Minute

// boots is how often a machine is booted that does not come up: qemu now and then trips
// over code that the kernel changes while it boots on two processors ("Oops: int3").
const boots = 3

// Boot starts a machine with the given disks, /dev/vdb and so on, and returns when it
// can run scripts. In case of an error dir has its console's output. Until then nothing
// is written to the disks.
func (s *System) Boot(dir string, disks ...string) (m *Machine, err error) {
	for range boots {
		if m, err = s.boot(dir, disks...); err == nil {
			return m, nil
		}
	}
	return nil, err
}

func (s *System) boot(dir string, disks ...string) (*Machine, error) {
	m, err := s.start(dir, disks...)
	if err != nil {
		return nil, err
	}
	if _, err := m.await(); err != nil {
		return nil, errors.Join(fmt.Errorf("boot: %w", err), m.Cut())
	}
	return m, nil
}

// start starts a machine and does not wait for it.
func (s *System) start(dir string, disks ...string) (*Machine, error) {
	m := &Machine{disks: disks, ended: make(chan struct{}), answers: make(chan wire.Answer), console: filepath.Join(dir, "console")}
	args := []string{
		"-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "2048", "-no-reboot",
		"-nodefaults", "-display", "none", "-serial", "file:" + m.console,
		"-chardev", "stdio,id=agent,signal=off", "-device", "virtio-serial", "-device", "virtserialport,chardev=agent,name=" + wire.Port,
	}
	args = append(args, s.loader()...)
	if s.root != "" {
		args = append(args, "-drive", "format=raw,if=virtio,snapshot=on,file="+s.root)
	}
	for _, disk := range disks {
		// Data that the machine has written to the disk stay if qemu is killed; data in
		// its memory do not.
		args = append(args, "-drive", "format=raw,if=virtio,cache=writeback,file="+disk)
	}
	m.cmd = exec.Command("qemu-system-x86_64", args...)
	m.cmd.Stderr = os.Stderr
	m.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := m.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	m.request = json.NewEncoder(in)
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the signal comes when the thread ends
		err := m.cmd.Start()
		started <- err
		if err == nil {
			m.listen(json.NewDecoder(out))
			_ = m.cmd.Wait() // killed, or turned off
			close(m.ended)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return m, nil
}

// listen passes on the output of the machine until it is gone.
func (m *Machine) listen(from *json.Decoder) {
	defer close(m.answers)
	for {
		var a wire.Answer
		if from.Decode(&a) != nil {
			return
		}
		m.answers <- a
	}
}

// Start has the machine run a script. Await it, or cut the power.
func (m *Machine) Start(script string) error {
	return m.request.Encode(wire.Request{Script: script})
}

// Done receives the answer when the script is through, and is closed when the machine
// ends.
func (m *Machine) Done() <-chan wire.Answer { return m.answers }

// Run runs a script in the machine and returns its output.
func (m *Machine) Run(script string) (string, error) {
	if err := m.Start(script); err != nil {
		return "", fmt.Errorf("the machine is off: %w", err)
	}
	a, err := m.await()
	if err == nil && a.Code != 0 {
		err = fmt.Errorf("exit code %d of %q: %s%s", a.Code, script, a.Output, a.Errors)
	}
	return string(a.Output), err
}

func (m *Machine) await() (wire.Answer, error) {
	select {
	case a, ok := <-m.answers:
		if ok {
			return a, nil
		}
		return a, fmt.Errorf("the machine is off; its console: %s", m.tail())
	case <-time.After(patience):
		return wire.Answer{}, fmt.Errorf("no answer in %v; the console: %s", patience, m.tail())
	}
}

// tail returns the end of the console's output.
func (m *Machine) tail() string {
	text, err := os.ReadFile(m.console)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4000):])
}

// Worked returns the processor time that the machine has taken so far: a clock that
// does not run faster when the machine below is busy.
func (m *Machine) Worked() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", m.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] { // utime, stime: proc_pid_stat(5)
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100, nil
}

// Cut cuts the power: data that the machine has not written to its disks are lost. It may be
// off already.
func (m *Machine) Cut() error {
	err := m.cmd.Process.Kill()
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	for range m.answers { // nobody waits for them any more
	}
	<-m.ended
	return err
}

// Off has the machine write all to the disk at /data or /sysroot, and turns it off. The disk's
// journal is empty then, so that programs of this machine see all of it. The disks are
// synced, because cp looks for their holes.
func (m *Machine) Off() error {
	_, err := m.Run("for d in /data /sysroot; do ! mountpoint -q $d || fsfreeze --freeze $d || exit; done")
	err = errors.Join(err, m.Cut())
	for _, disk := range m.disks {
		err = errors.Join(err, syncFile(disk))
	}
	return err
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
