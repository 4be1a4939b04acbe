using Cnn.Proto;

namespace Cnn.Runner.Starters;

/// <summary>All starters.</summary>
internal static class StarterCatalog
{
    /// <summary>The starters, the simplest first.</summary>
    public static IReadOnlyList<Starter> All { get; } =
    [
        new(
            "mlp",
            "a multilayer perceptron on drawn digits, trained with Adam; no data needed",
            null,
            [
                "cnn train solver.prototxt",
                "cnn test net.prototxt --weights snapshots/mlp_iter_1000.caffemodel",
            ]),
        new(
            "lenet",
            "LeNet, Caffe's first tutorial, on drawn digits; no data needed",
            null,
            [
                "cnn train solver.prototxt",
                "cnn test net.prototxt --weights snapshots/lenet_iter_1000.caffemodel",
            ]),
        new(
            "lenet5",
            "LeNet-5 as published in 1998, on drawn digits; no data needed",
            null,
            [
                "cnn train solver.prototxt",
                "cnn test net.prototxt --weights snapshots/lenet5_iter_2500.caffemodel",
            ]),
        new(
            "cifar10",
            "Caffe's quick net for CIFAR-10, colour images of 32x32; a download of 170 MB",
            "The first command fetches CIFAR-10 (170 MB).",
            [
                "cnn data cifar10 --download --to .",
                "cnn train solver.prototxt",
                "cnn test net.prototxt --weights snapshots/cifar10_iter_5000.caffemodel --iterations 100",
            ]),
        new(
            "images",
            "a classifier of your own pictures, in a folder for each class",
            "Put the pictures of each class into a folder of its own, pictures/cat/*.jpg and pictures/dog/*.jpg, some "
            + "hundreds each. For more than two classes change num_output of the layer 'classes' in net.prototxt.",
            [
                "cnn train solver.prototxt",
                "cnn classify new.jpg --model net.prototxt --stage deploy "
                + "--weights snapshots/images_iter_600.caffemodel --mean 127.5,127.5,127.5 --images-dim 48,48 "
                + "--input-scale 0.0078125",
            ]),
        new(
            "ssd-digits",
            "SSD, a detector, on drawn images of several digits; no data needed",
            null,
            [
                "cnn train solver.prototxt",
                "cnn data digits --to drawn --canvas 96x96 --seed 4 --count 8",
                "cnn detect drawn/00000000.png --model net.prototxt --stage deploy "
                + "--weights snapshots/ssd_iter_2000.caffemodel --mean 127.5 --scale 0.0078125 --labels labels.txt "
                + "-o found.png",
            ]),
        new(
            "plugin",
            "a layer of your own in one C# file, with a net that uses it; no data needed",
            null,
            ["cnn train solver.prototxt --plugin ShrinkLayer.cs"]),
    ];

    /// <summary>Returns a starter by its name.</summary>
    /// <exception cref="CnnException">There is none of that name.</exception>
    public static Starter Find(string name)
    {
        string[] names = [.. All.Select(starter => starter.Name)];
        return All.FirstOrDefault(starter => starter.Name == name)
            ?? throw new CnnException(
                $"there is no starter '{name}'",
                Suggestion.For(name, names) ?? $"there are {string.Join(", ", names)}");
    }
}
