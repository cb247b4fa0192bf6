//go:build linux

package trace

import (
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/seccomp"
)

// wordsVar is set in a process that is traced.
const wordsVar = "TRACE_WORDS"

// Run runs the test again in a traced process, where Run calls test. The test fails if it fails
// there.
func Run(t *testing.T, test func(t *testing.T, tracer *Tracer)) {
	t.Helper()
	run(t, rules(), test)
}

// RunLookups is Run with a tracer that also shows lookups.
func RunLookups(t *testing.T, test func(t *testing.T, tracer *Tracer)) {
	t.Helper()
	run(t, append(rules(), lookupRules()...), test)
}

func run(t *testing.T, rules []seccomp.Rule, test func(t *testing.T, tracer *Tracer)) {
	t.Helper()
	if _, ok := os.LookupEnv(wordsVar); ok {
		test(t, newTracer())
		return
	}
	cmd := command(t, rules)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Victim runs the test again in a traced process, where [Words] returns words. It reports
// whether the process was killed.
func Victim(t *testing.T, words ...string) (killed bool) {
	t.Helper()
	cmd := command(t, rules(), words...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == unix.SIGKILL {
		return true
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// Words returns the words that [Victim] has passed to this process, and its tracer. Without words
// the process is not one that Victim has started.
func Words() ([]string, *Tracer) {
	words, ok := os.LookupEnv(wordsVar)
	if !ok {
		return nil, nil
	}
	return strings.Split(words, "\x1f"), newTracer()
}

// command returns a command that runs the test again, traced.
func command(t *testing.T, rules []seccomp.Rule, words ...string) *exec.Cmd {
	t.Helper()
	w := &watch{}
	server := seccomp.New(t, rules, w.answer)
	args := []string{os.Args[0], "-test.count=1", "-test.timeout=5m", "-test.run=" + pattern(t.Name())}
	if f := flag.Lookup("test.gocoverdir"); f != nil && f.Value.String() != "" {
		args = append(args, "-test.gocoverdir="+f.Value.String()) // counts there, too
	}
	args = server.Command(args...)
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), wordsVar+"="+strings.Join(words, "\x1f"))
	asks, answers := pipe(t), pipe(t)
	cmd.ExtraFiles = []*os.File{asks[1], answers[0]}
	go w.obey(asks[0], answers[1])
	return cmd
}

func pattern(name string) string {
	elements := strings.Split(name, "/")
	for i, e := range elements {
		elements[i] = "^" + regexp.QuoteMeta(e) + "$"
	}
	return strings.Join(elements, "/")
}

func pipe(t *testing.T) (ends [2]*os.File) {
	t.Helper()
	var err error
	if ends[0], ends[1], err = os.Pipe(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = ends[0].Close(), ends[1].Close() })
	return ends
}

// watch sees all calls of a process, and keeps the changes that a [Tracer] in it asks for.
type watch struct {
	mu      sync.Mutex
	want    *order // nil while nothing is traced
	found   report
	counted int // changes that the fault may be
}

// order is a request of a Tracer: to begin, or to end.
type order struct {
	Root  string
	Fault Fault
	End   bool
}

// report is the answer to an order to end.
type report struct {
	Changes []Change
	Hit     bool
}

// obey carries out the orders of a process.
func (w *watch) obey(asks io.Reader, answers io.Writer) {
	in, out := json.NewDecoder(asks), json.NewEncoder(answers)
	for {
		var o order
		if in.Decode(&o) != nil {
			return
		}
		w.mu.Lock()
		found := w.found
		w.want, w.found, w.counted = &o, report{}, 0
		if o.End {
			w.want = nil
		}
		w.mu.Unlock()
		if out.Encode(found) != nil {
			return
		}
	}
}

// answer keeps a call if it changes something, and has it fail if that is due.
func (w *watch) answer(c seccomp.Call) unix.Errno {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.want == nil {
		return 0
	}
	made, ok := change(w.want.Root, c)
	if !ok {
		return 0
	}
	w.found.Changes = append(w.found.Changes, made)
	f := w.want.Fault
	if f == (Fault{}) || f.Op != "" && f.Op != made.Op || !strings.HasPrefix(made.Path, f.Path) {
		return 0
	}
	if w.counted++; w.counted <= f.At || w.counted > f.At+1 && !f.Rest {
		return 0
	}
	w.found.Hit = true
	if f.Kill {
		_ = unix.Kill(c.Process(), unix.SIGKILL)
		return unix.EINTR // so that the call is not made
	}
	return f.Errno
}
