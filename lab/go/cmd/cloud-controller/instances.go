package main

import (
	"context"
	"errors"

	v1 "k8s.io/api/core/v1"
	cloudprovider "k8s.io/cloud-provider"
)

func (c *cloud) InstanceExists(_ context.Context, node *v1.Node) (bool, error) {
	instance, err := c.instance(node)
	return instance.State != "gone", err
}

func (c *cloud) InstanceShutdown(_ context.Context, node *v1.Node) (bool, error) {
	instance, err := c.instance(node)
	return instance.State == "shutdown", err
}

func (c *cloud) InstanceMetadata(_ context.Context, node *v1.Node) (*cloudprovider.InstanceMetadata, error) {
	instance, err := c.instance(node)
	if err != nil {
		return nil, err
	}
	if instance.State == "gone" {
		return nil, cloudprovider.InstanceNotFound
	}
	addresses := node.Status.Addresses
	if len(instance.Addresses) > 0 {
		addresses = []v1.NodeAddress{{Type: v1.NodeHostName, Address: node.Name}}
		for _, address := range instance.Addresses {
			addresses = append(addresses, v1.NodeAddress{Type: v1.NodeInternalIP, Address: address})
		}
	}
	return &cloudprovider.InstanceMetadata{
		ProviderID:    providerName + "://" + node.Name,
		InstanceType:  "lab.small",
		NodeAddresses: addresses,
		Zone:          instance.Zone,
		Region:        instance.Region,
	}, nil
}

func (c *cloud) instance(node *v1.Node) (instanceState, error) {
	state, err := readState(c.file)
	if err != nil {
		return instanceState{}, err
	}
	instance := state.Instances[node.Name]
	if instance.Error != "" {
		return instance, errors.New(instance.Error)
	}
	return instance, nil
}
