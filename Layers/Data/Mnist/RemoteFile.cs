namespace Cnn.Layers.Data.Mnist;

/// <summary>A file to fetch, with what is known of it beforehand.</summary>
/// <param name="Name">Its name at the mirrors and in the folder.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="IsImages">Whether it holds images; labels otherwise.</param>
/// <param name="Count">How many images or labels it holds.</param>
public sealed record RemoteFile(string Name, long Size, bool IsImages, int Count)
{
    /// <summary>MNIST's four files as published.</summary>
    public static IReadOnlyList<RemoteFile> Mnist { get; } =
    [
        new("train-images-idx3-ubyte.gz", 9_912_422, true, MnistSet.Train.Count),
        new("train-labels-idx1-ubyte.gz", 28_881, false, MnistSet.Train.Count),
        new("t10k-images-idx3-ubyte.gz", 1_648_877, true, MnistSet.Test.Count),
        new("t10k-labels-idx1-ubyte.gz", 4_542, false, MnistSet.Test.Count),
    ];
}
