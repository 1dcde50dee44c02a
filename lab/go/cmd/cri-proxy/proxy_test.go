package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// runtime is a container runtime of as few calls as the tests need.
type runtime struct {
	cri.UnimplementedRuntimeServiceServer
}

func (runtime) Version(_ context.Context, _ *cri.VersionRequest) (*cri.VersionResponse, error) {
	return &cri.VersionResponse{RuntimeName: "test"}, nil
}

func (runtime) RunPodSandbox(_ context.Context, request *cri.RunPodSandboxRequest) (*cri.RunPodSandboxResponse, error) {
	name := request.GetConfig().GetMetadata().GetName()
	if name == "refused" {
		return nil, status.Error(codes.ResourceExhausted, "no room")
	}
	return &cri.RunPodSandboxResponse{PodSandboxId: "id-of-" + name}, nil
}

func (runtime) GetContainerEvents(
	_ *cri.GetEventsRequest, stream grpc.ServerStreamingServer[cri.ContainerEventResponse],
) error {
	for _, id := range []string{"a", "b", "c"} {
		if err := stream.Send(&cri.ContainerEventResponse{ContainerId: id}); err != nil {
			return err
		}
	}
	return nil
}

func (runtime) ContainerStatus(
	_ context.Context, request *cri.ContainerStatusRequest,
) (*cri.ContainerStatusResponse, error) {
	attempt := uint32(0)
	if request.ContainerId == "second" {
		attempt = 1
	}
	return &cri.ContainerStatusResponse{Status: &cri.ContainerStatus{
		Metadata:  &cri.ContainerMetadata{Attempt: attempt},
		Labels:    map[string]string{"io.kubernetes.pod.namespace": request.ContainerId},
		CreatedAt: time.Hour.Nanoseconds(), StartedAt: time.Hour.Nanoseconds(), FinishedAt: 7,
	}}, nil
}

type bench struct {
	t        *testing.T
	dir      string
	client   cri.RuntimeServiceClient
	upstream *grpc.Server
}

func newBench(t *testing.T) *bench {
	bench := &bench{t: t, dir: t.TempDir()}
	bench.startUpstream()
	server, err := newServer("unix://"+bench.path("upstream"), &book{file: bench.path("rules")})
	if err != nil {
		t.Fatal(err)
	}
	bench.serve(server, "listen")
	connection, err := grpc.NewClient("unix://"+bench.path("listen"),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	bench.client = cri.NewRuntimeServiceClient(connection)
	return bench
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) startUpstream() {
	b.upstream = grpc.NewServer()
	cri.RegisterRuntimeServiceServer(b.upstream, runtime{})
	b.serve(b.upstream, "upstream")
}

func (b *bench) serve(server *grpc.Server, socket string) {
	b.t.Helper()
	listener, err := net.Listen("unix", b.path(socket))
	if err != nil {
		b.t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	b.t.Cleanup(server.Stop)
}

func (b *bench) rules(text string) {
	b.t.Helper()
	if err := os.WriteFile(b.path("new"), []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
	if err := os.Rename(b.path("new"), b.path("rules")); err != nil {
		b.t.Fatal(err)
	}
}

// run asks for a sandbox and tells how the call ended and how long it took.
func (b *bench) run(name string, limit time.Duration) (string, codes.Code, time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	config := &cri.PodSandboxConfig{Metadata: &cri.PodSandboxMetadata{Name: name}}
	start := time.Now()
	answer, err := b.client.RunPodSandbox(ctx, &cri.RunPodSandboxRequest{Config: config})
	if err != nil {
		return status.Convert(err).Message(), status.Code(err), time.Since(start)
	}
	return answer.PodSandboxId, codes.OK, time.Since(start)
}

func (b *bench) expect(name, text string, code codes.Code) {
	b.t.Helper()
	if got, gotCode, _ := b.run(name, 5*time.Second); got != text || gotCode != code {
		b.t.Errorf("%s: got %q (%s), want %q (%s)", name, got, gotCode, text, code)
	}
}

func TestWithoutRulesEverythingPasses(t *testing.T) {
	bench := newBench(t)
	bench.expect("web", "id-of-web", codes.OK)
	bench.expect("refused", "no room", codes.ResourceExhausted)
	_, err := bench.client.ListPodSandbox(context.Background(), &cri.ListPodSandboxRequest{})
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("a call that the upstream lacks: %v", err)
	}
	stream, err := bench.client.GetContainerEvents(context.Background(), &cri.GetEventsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	ids := ""
	for {
		event, err := stream.Recv()
		if err != nil {
			break
		}
		ids += event.ContainerId
	}
	if ids != "abc" {
		t.Errorf("streamed %q", ids)
	}
}

func TestFailsWhatMatchesAsOftenAsSaid(t *testing.T) {
	bench := newBench(t)
	bench.rules(`[{"method":"RunPodSandbox","action":"fail","code":"DeadlineExceeded","message":"late","match":"web","times":2}]`)
	bench.expect("db", "id-of-db", codes.OK)
	bench.expect("web", "late", codes.DeadlineExceeded)
	bench.expect("web", "late", codes.DeadlineExceeded)
	bench.expect("web", "id-of-web", codes.OK)
}

func TestDelays(t *testing.T) {
	bench := newBench(t)
	bench.rules(`[{"method":"*Sandbox","action":"delay","delay":"300ms"}]`)
	text, _, took := bench.run("web", 5*time.Second)
	if text != "id-of-web" || took < 300*time.Millisecond {
		t.Errorf("%q after %s", text, took)
	}
	if _, code, _ := bench.run("web", 100*time.Millisecond); code != codes.DeadlineExceeded {
		t.Errorf("a deadline within the delay gave %s", code)
	}
}

func TestAHangEndsWithTheDeadline(t *testing.T) {
	bench := newBench(t)
	bench.rules(`[{"method":"runtime.v1.RuntimeService/*","action":"hang"}]`)
	if _, code, took := bench.run("web", 300*time.Millisecond); code != codes.DeadlineExceeded || took > 3*time.Second {
		t.Errorf("%s after %s", code, took)
	}
}

func TestAHangEndsWithItsRule(t *testing.T) {
	bench := newBench(t)
	bench.rules(`[{"method":"RunPodSandbox","action":"hang"}]`)
	done := make(chan string, 1)
	go func() {
		text, _, _ := bench.run("web", 10*time.Second)
		done <- text
	}()
	select {
	case text := <-done:
		t.Fatalf("did not hang: %q", text)
	case <-time.After(500 * time.Millisecond):
	}
	if err := os.Remove(bench.path("rules")); err != nil {
		t.Fatal(err)
	}
	if text := <-done; text != "id-of-web" {
		t.Errorf("ended as %q", text)
	}
}

func TestAgesContainersThatWereNotStartedAgain(t *testing.T) {
	bench := newBench(t)
	bench.rules(`[{"method":"ContainerStatus","action":"age","delay":"40m","match":"first"},
		{"method":"ContainerStatus","action":"age","delay":"40m","match":"second"}]`)
	for id, minutes := range map[string]float64{"first": 20, "second": 60, "third": 60} {
		answer, err := bench.client.ContainerStatus(context.Background(), &cri.ContainerStatusRequest{ContainerId: id})
		if err != nil {
			t.Fatal(err)
		}
		started := time.Duration(answer.GetStatus().GetStartedAt()).Minutes()
		if started != minutes || answer.GetStatus().GetFinishedAt() != 7 {
			t.Errorf("%s: %v", id, answer)
		}
	}
}

func TestAnAbsentUpstreamIsUnavailableUntilItIsBack(t *testing.T) {
	bench := newBench(t)
	bench.upstream.Stop()
	text, code, _ := bench.run("web", 5*time.Second)
	if code != codes.Unavailable {
		t.Errorf("%s (%s)", text, code)
	}
	if text, code, _ = bench.run("web", 5*time.Second); code != codes.Unavailable || !strings.Contains(text, "dial unix") {
		t.Errorf("%s (%s)", text, code)
	}
	bench.startUpstream()
	for end := time.Now().Add(5 * time.Second); code != codes.OK && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		_, code, _ = bench.run("web", 5*time.Second)
	}
	if code != codes.OK {
		t.Errorf("still %s after its return", code)
	}
}

func TestABadFileLeavesTheFormerRules(t *testing.T) {
	bench := newBench(t)
	bench.rules(`[{"method":"RunPodSandbox","action":"fail","message":"no"}]`)
	bench.expect("web", "no", codes.Unknown)
	for _, bad := range []string{
		`[{"method":"RunPod`,
		`[{"method":"RunPodSandbox","action":"burn"}]`,
		`[{"method":"RunPodSandbox","action":"delay","delay":"long"}]`,
		`[{"method":"RunPodSandbox","action":"fail","code":"OK"}]`,
		`[{"method":"","action":"hang"}]`,
		`[{"method":"RunPodSandbox","action":"age","delay":"1h"}]`,
		`[{"method":"ContainerStatus","action":"age","delay":"old"}]`,
		`[{"method":"RunPodSandbox","action":"hang","colour":"red"}]`,
	} {
		bench.rules(bad)
		bench.expect("web", "no", codes.Unknown)
	}
	bench.rules(`[]`)
	bench.expect("web", "id-of-web", codes.OK)
}
