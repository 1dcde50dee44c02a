package main

import (
	"net/netip"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	cloudprovider "k8s.io/cloud-provider"
)

// providerName begins every provider id.
const providerName = "lab"

// cloud is the cloud itself. What it gave is kept in memory: after a restart
// the addresses are known from the Services, and the routes are made again.
type cloud struct {
	file   string
	mutex  sync.Mutex
	given  map[types.UID]netip.Addr
	routes map[string]cloudprovider.Route
}

func newCloud(file string) *cloud {
	return &cloud{file: file, given: map[types.UID]netip.Addr{}, routes: map[string]cloudprovider.Route{}}
}

func (c *cloud) Initialize(cloudprovider.ControllerClientBuilder, <-chan struct{}) {}

func (c *cloud) LoadBalancer() (cloudprovider.LoadBalancer, bool) { return c, true }

func (c *cloud) InstancesV2() (cloudprovider.InstancesV2, bool) { return c, true }

func (c *cloud) Routes() (cloudprovider.Routes, bool) { return c, true }

func (c *cloud) Instances() (cloudprovider.Instances, bool) { return nil, false }

func (c *cloud) Zones() (cloudprovider.Zones, bool) { return nil, false }

func (c *cloud) Clusters() (cloudprovider.Clusters, bool) { return nil, false }

func (c *cloud) ProviderName() string { return providerName }

func (c *cloud) HasClusterID() bool { return true }
