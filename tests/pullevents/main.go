// Command pullevents pulls an image from a registry and prints what copy.Options.Progress
// of containers/image reports, one JSON object a line. It pulls into the store of
// storage.conf. SIGINT cancels the pull.
//
// Tests build it with the grafts (tag graft) and without, as programs that use the channel
// are built, for example CRI-O.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/pprof"
	"time"

	"github.com/containers/image/v5/copy"
	"github.com/containers/image/v5/docker"
	"github.com/containers/image/v5/signature"
	imagestorage "github.com/containers/image/v5/storage"
	"github.com/containers/image/v5/types"
	"github.com/containers/storage"
	"github.com/containers/storage/pkg/reexec"
)

// event is the content of a line.
type event struct {
	Event                string // names
	Digest, MediaType    string // of the artifact
	Size                 int64  // the same, in bytes; -1 if unknown
	Offset, OffsetUpdate uint64 // bytes
}

var names = map[types.ProgressEvent]string{
	types.ProgressEventNewArtifact: "new", types.ProgressEventRead: "read",
	types.ProgressEventDone: "done", types.ProgressEventSkipped: "skipped",
}

func main() {
	if reexec.Init() { // a child that unpacks a layer
		return
	}
	interval := flag.Duration("interval", 1, "report a read when this time has passed since the last one")
	step := flag.Bool("step", false, "after each event, wait for a line of the standard input")
	flag.Parse()
	if err := run(flag.Arg(0), *interval, *step); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(name string, interval time.Duration, step bool) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	opts, err := storage.DefaultStoreOptions()
	if err != nil {
		return err
	}
	store, err := storage.GetStore(opts)
	if err != nil {
		return err
	}
	defer func() {
		_, bad := store.Shutdown(true)
		err = errors.Join(err, bad)
	}()
	progress, printed := make(chan types.ProgressProperties), make(chan error)
	go func() { printed <- printEvents(progress, step) }()
	err = pull(ctx, store, name, copy.Options{Progress: progress, ProgressInterval: interval, ReportWriter: io.Discard})
	close(progress) // sending is a panic now
	return errors.Join(err, <-printed, idle())
}

// pull copies the image name to the store.
func pull(ctx context.Context, store storage.Store, name string, opts copy.Options) error {
	from, err := docker.ParseReference("//" + name)
	if err != nil {
		return err
	}
	to, err := imagestorage.Transport.ParseStoreReference(store, name)
	if err != nil {
		return err
	}
	policy, err := signature.NewPolicyContext(&signature.Policy{
		Default: signature.PolicyRequirements{signature.NewPRInsecureAcceptAnything()},
	})
	if err != nil {
		return err
	}
	opts.SourceCtx = &types.SystemContext{
		SystemRegistriesConfPath:    os.Getenv("CONTAINERS_REGISTRIES_CONF"),
		DockerInsecureSkipTLSVerify: types.OptionalBoolTrue,
	}
	_, err = copy.Image(ctx, policy, to, from, &opts)
	return errors.Join(err, policy.Destroy())
}

// printEvents prints events until the channel is closed.
func printEvents(progress <-chan types.ProgressProperties, step bool) error {
	out, lines := json.NewEncoder(os.Stdout), bufio.NewScanner(os.Stdin)
	var failed error
	for {
		p, ok := <-progress
		if !ok {
			return failed
		}
		a := p.Artifact
		err := out.Encode(event{names[p.Event], a.Digest.String(), a.MediaType, a.Size, p.Offset, p.OffsetUpdate})
		failed = errors.Join(failed, err)
		if step {
			lines.Scan()
		}
	}
}

// idle returns an error if goroutines of the copy are left some time after it.
func idle() error {
	var b bytes.Buffer
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		b.Reset()
		if err := pprof.Lookup("goroutine").WriteTo(&b, 2); err != nil {
			return err
		}
		if !bytes.Contains(b.Bytes(), []byte("image/v5/copy.")) {
			return nil
		}
	}
	return fmt.Errorf("goroutines of the copy are left: %s", &b)
}
