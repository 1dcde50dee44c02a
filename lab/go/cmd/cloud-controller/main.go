// Command cloud-controller is a cloud controller manager for a cloud that is
// a file: what it gives and what it refuses is read from there at each call.
package main

import (
	"os"

	"k8s.io/apimachinery/pkg/util/wait"
	cloudprovider "k8s.io/cloud-provider"
	"k8s.io/cloud-provider/app"
	"k8s.io/cloud-provider/app/config"
	"k8s.io/cloud-provider/names"
	"k8s.io/cloud-provider/options"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/cli/flag"
	"k8s.io/klog/v2"
)

func main() {
	settings, err := options.NewCloudControllerManagerOptions()
	if err != nil {
		klog.Fatal(err)
	}
	settings.KubeCloudShared.CloudProvider.Name = providerName
	command := app.NewCloudControllerManagerCommand(
		settings, openCloud, app.DefaultInitFuncConstructors, names.CCMControllerAliases(), flag.NamedFlagSets{}, wait.NeverStop)
	os.Exit(cli.Run(command))
}

func openCloud(config *config.CompletedConfig) cloudprovider.Interface {
	file := config.ComponentConfig.KubeCloudShared.CloudProvider.CloudConfigFile
	if file == "" {
		klog.Fatal("--cloud-config names no file")
	}
	return newCloud(file)
}
