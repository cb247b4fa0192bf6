//go:build linux

package e2e_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

var serviceTime = flag.Duration("service", 10*time.Second, "how long clients use podman's service, after each has used it once")

const clients = 20

// TestService has 20 clients of podman's REST service pull, run, commit and remove images
// that share layers, while commands use the same store. No request may fail, trees
// must be right, nothing may be left, and the service may not grow: descriptors, goroutines
// and reachable memory on its heap are counted after each client's first turn and at the end.
func TestService(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		p.Run("tag", pull(t, p, many(2)...), "base")
		var refs []string
		for i := range clients {
			layers := append(many(1+i%5), podman.Layer(ownFile(i)))
			refs = append(refs, podman.SharedRegistry(t).Push(t, fmt.Sprint(imageName(t), "/", i), image(t, layers...)))
		}
		s := startService(t, p)
		var turns atomic.Int64
		turn := func(i int) error { return s.turn(refs[i], fmt.Sprintf("client-%d-%d", i, turns.Add(1))) }
		atOnce(t, clients, turn)
		s.idle(t)
		before := s.gauge(t)

		end := time.Now().Add(*serviceTime)
		ctx, cancel := context.WithDeadline(t.Context(), end)
		defer cancel()
		var commands sync.WaitGroup
		commands.Add(1)
		go func() { // a command that ends has the service make its driver again
			defer commands.Done()
			for ctx.Err() == nil {
				for _, args := range [][]string{{"run", "--rm", "base", "cat", "/layers/1"}, {"images"}, {"ps", "-a"}} {
					if _, err := p.Try(args...); err != nil {
						t.Error(err)
					}
				}
			}
		}()
		atOnce(t, clients, func(i int) error {
			for {
				if err := turn(i); err != nil || ctx.Err() != nil {
					return err
				}
			}
		})
		commands.Wait()
		s.idle(t)
		after := s.gauge(t)
		t.Logf("%s: %d turns, %d requests, %d pulls again; before %v; after %v", p.Kind, turns.Load(), s.requests.Load(), s.again.Load(), before, after)
		after.noMoreThan(t, before)
		s.stop()
		checkLayers(t, p)
		p.Run("system", "check")
		p.Run("rmi", "-af")
		checkEmpty(t, p)
	})
}

// turn is the sequence that a client repeats.
func (s *service) turn(ref, name string) error {
	if err := s.pull(ref); err != nil {
		return err
	}
	if err := s.run(ref, name, "test -s /own && ! test -e /new && echo "+name+" > /new && rm /own && chmod 600 /layers/last"); err != nil {
		return err
	}
	commit := url.Values{"container": {name}, "repo": {name}, "tag": {"committed"}}
	if err := s.do(http.MethodPost, "commit?"+commit.Encode(), nil, nil); err != nil {
		return err
	}
	if err := s.run(name+":committed", name+"-again", "test $(cat /new) = "+name+" && ! test -e /own && test -s /layers/last"); err != nil {
		return err
	}
	for _, container := range []string{name, name + "-again"} {
		if err := s.do(http.MethodDelete, "containers/"+container, nil, nil); err != nil {
			return err
		}
	}
	for _, image := range []string{name + ":committed", ref} {
		if err := s.do(http.MethodDelete, "images/"+url.PathEscape(image), nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// run runs a command in a new container, which must not fail.
func (s *service) run(image, name, script string) error {
	spec := map[string]any{"image": image, "name": name, "command": []string{"sh", "-c", script}}
	if err := s.do(http.MethodPost, "containers/create", spec, nil); err != nil {
		return err
	}
	if err := s.do(http.MethodPost, "containers/"+name+"/start", nil, nil); err != nil {
		return err
	}
	code := -1
	err := s.do(http.MethodPost, "containers/"+name+"/wait", nil, &code)
	if err == nil && code != 0 {
		err = fmt.Errorf("%s: %q ended with %d", name, script, code)
	}
	return err
}
