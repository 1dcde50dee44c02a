package main

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	cloudprovider "k8s.io/cloud-provider"
)

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func newTestCloud(t *testing.T, text string) *cloud {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cloud.json")
	write(t, file, text)
	return newCloud(file)
}

func service(name string) *v1.Service {
	return &v1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID(name)}}
}

func ensure(c *cloud, service *v1.Service) string {
	status, err := c.EnsureLoadBalancer(context.Background(), "", service, nil)
	if err != nil {
		return err.Error()
	}
	return status.Ingress[0].IP
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGivesAddressesUntilNoneIsLeft(t *testing.T) {
	cloud := newTestCloud(t, `{"loadBalancers":{"addresses":"192.0.2.9-192.0.2.10"}}`)
	expect(t, ensure(cloud, service("a")), "192.0.2.9")
	expect(t, ensure(cloud, service("b")), "192.0.2.10")
	expect(t, ensure(cloud, service("a")), "192.0.2.9")
	expect(t, ensure(cloud, service("c")), "no address of 192.0.2.9-192.0.2.10 is free")
	if err := cloud.EnsureLoadBalancerDeleted(context.Background(), "", service("a")); err != nil {
		t.Fatal(err)
	}
	expect(t, ensure(cloud, service("c")), "192.0.2.9")
}

func TestKeepsTheAddressOfAServiceAfterARestart(t *testing.T) {
	cloud := newTestCloud(t, `{"loadBalancers":{"addresses":"192.0.2.9-192.0.2.10"}}`)
	old := service("old")
	old.Status.LoadBalancer = *balancerStatus(netip.MustParseAddr("192.0.2.9"))
	if _, exists, _ := cloud.GetLoadBalancer(context.Background(), "", old); !exists {
		t.Error("the load balancer is forgotten")
	}
	expect(t, ensure(cloud, service("new")), "192.0.2.10")
}

func TestRefusesLoadBalancersAsTheFileSaysNow(t *testing.T) {
	cloud := newTestCloud(t, `{"loadBalancers":{"addresses":"192.0.2.9-192.0.2.10","refuse":"quota exceeded",
		"refuseServices":{"shop/b":"no subnet"}}}`)
	expect(t, ensure(cloud, service("a")), "quota exceeded")
	expect(t, ensure(cloud, service("b")), "no subnet")
	write(t, cloud.file, `{"loadBalancers":{"addresses":"192.0.2.9-192.0.2.10","refuseDelete":"busy"}}`)
	expect(t, ensure(cloud, service("a")), "192.0.2.9")
	if err := cloud.EnsureLoadBalancerDeleted(context.Background(), "", service("a")); err == nil {
		t.Error("a refused deletion went through")
	}
}

func TestRoutes(t *testing.T) {
	cloud := newTestCloud(t, `{"routes":{"refuseNodes":{"node-b":"route quota exceeded"}}}`)
	ctx := context.Background()
	route := func(node, cidr string) *cloudprovider.Route {
		return &cloudprovider.Route{TargetNode: types.NodeName(node), DestinationCIDR: cidr}
	}
	if err := cloud.CreateRoute(ctx, "", "", route("node-a", "10.0.1.0/24")); err != nil {
		t.Error(err)
	}
	if err := cloud.CreateRoute(ctx, "", "", route("node-b", "10.0.2.0/24")); err == nil {
		t.Error("a refused route was made")
	}
	routes, _ := cloud.ListRoutes(ctx, "")
	if len(routes) != 1 || routes[0].TargetNode != "node-a" {
		t.Errorf("routes %v", routes)
	}
	if err := cloud.DeleteRoute(ctx, "", routes[0]); err != nil {
		t.Error(err)
	}
	if routes, _ = cloud.ListRoutes(ctx, ""); len(routes) != 0 {
		t.Errorf("left %v", routes)
	}
}

func TestInstances(t *testing.T) {
	cloud := newTestCloud(t, `{"instances":{"off":{"state":"shutdown"},"gone":{"state":"gone"},"odd":{"error":"throttled"},
		"on":{"addresses":["10.9.0.2"],"zone":"z1"}}}`)
	ctx := context.Background()
	for name, want := range map[string][2]bool{
		"off": {true, true}, "gone": {false, false}, "on": {true, false}, "unnamed": {true, false},
	} {
		node := &v1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}
		exists, err := cloud.InstanceExists(ctx, node)
		off, offErr := cloud.InstanceShutdown(ctx, node)
		if err != nil || offErr != nil || exists != want[0] || off != want[1] {
			t.Errorf("%s: exists %t, off %t", name, exists, off)
		}
	}
	if _, err := cloud.InstanceExists(ctx, &v1.Node{ObjectMeta: metav1.ObjectMeta{Name: "odd"}}); err == nil {
		t.Error("an error was lost: the node would be deleted")
	}
	found, err := cloud.InstanceMetadata(ctx, &v1.Node{ObjectMeta: metav1.ObjectMeta{Name: "on"}})
	if err != nil || found.ProviderID != "lab://on" || found.Zone != "z1" || found.NodeAddresses[1].Address != "10.9.0.2" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestABadFileIsAnErrorAndNotAnEmptyCloud(t *testing.T) {
	for _, text := range []string{``, `{`, `{"instances":{"a":{"state":"dead"}}}`, `{"balancers":{}}`} {
		cloud := newTestCloud(t, text)
		if _, err := cloud.InstanceExists(context.Background(), &v1.Node{}); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
