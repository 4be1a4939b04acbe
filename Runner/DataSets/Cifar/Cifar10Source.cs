using Cnn.Proto;
using Cnn.Proto.Formats.Cifar;
using Cnn.Runner.DataSets.Download;

namespace Cnn.Runner.DataSets.Cifar;

/// <summary>Downloads CIFAR-10 from where it is published.</summary>
public static class Cifar10Source
{
    private static readonly Uri[] Mirrors = [new("https://www.cs.toronto.edu/~kriz/")];

    private static readonly RemoteFile[] Files = [new(Cifar10Files.Archive, 170_052_171, Cifar10Files.Problem)];

    /// <summary>Fetches the archive; see <see cref="Downloader.DownloadAsync"/>.</summary>
    /// <exception cref="CnnException">It did not arrive complete, or the folder cannot be written.</exception>
    public static async Task DownloadAsync(
        string to, IProgress<WriteProgress>? progress = null, CancellationToken cancel = default)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        await new Downloader(client, Mirrors, Files).DownloadAsync(to, progress, cancel).ConfigureAwait(false);
    }
}
