using Cnn.Proto;
using Cnn.Proto.Formats.Idx;
using Cnn.Runner.DataSets.Download;

namespace Cnn.Runner.DataSets.Mnist;

/// <summary>Downloads MNIST from where it is published.</summary>
public static class MnistSource
{
    private static readonly Uri[] Mirrors =
    [
        new("https://storage.googleapis.com/cvdf-datasets/mnist/"),
        new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
    ];

    private static readonly RemoteFile[] Files =
    [
        new("train-images-idx3-ubyte.gz", 9_912_422, path => Problem(IdxFile.ReadImages(path), MnistSet.Train)),
        new("train-labels-idx1-ubyte.gz", 28_881, path => Problem(IdxFile.ReadLabels(path), MnistSet.Train)),
        new("t10k-images-idx3-ubyte.gz", 1_648_877, path => Problem(IdxFile.ReadImages(path), MnistSet.Test)),
        new("t10k-labels-idx1-ubyte.gz", 4_542, path => Problem(IdxFile.ReadLabels(path), MnistSet.Test)),
    ];

    /// <summary>Fetches the four files; see <see cref="Downloader.DownloadAsync"/>.</summary>
    /// <exception cref="CnnException">No mirror gave a file complete, or the folder cannot be written.</exception>
    public static async Task DownloadAsync(
        string to, IProgress<WriteProgress>? progress = null, CancellationToken cancel = default)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        await new Downloader(client, Mirrors, Files).DownloadAsync(to, progress, cancel).ConfigureAwait(false);
    }

    private static string? Problem(IdxFile content, MnistSet set) =>
        content.Count == set.Count ? null : $"it holds {content.Count} entries, not {set.Count}";
}
