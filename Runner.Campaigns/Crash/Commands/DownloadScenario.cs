using Cnn.Campaigns.Fuzz.Working;
using Cnn.Campaigns.Processes;
using Cnn.Fillers;

namespace Cnn.Campaigns.Crash.Commands;

/// <summary>
/// A download of two files, from one mirror that is a server of this process, by the code that <c>cnn data mnist</c>
/// and <c>cnn data cifar10</c> fetch their files with.
/// </summary>
internal sealed record DownloadScenario : CommandScenario
{
    private const string LargeName = "large.bin", SmallName = "small.bin";

    private static readonly byte[] Large = Noise(300_000), Small = Noise(5_000);

    private readonly string folder;
    private readonly int breaksAt;

    /// <param name="name">A name for files and findings.</param>
    /// <param name="folder">The folder that is fetched into, with its slash; empty for that of the command.</param>
    /// <param name="breaksAt">After how many bytes the connection breaks once; 0 for never.</param>
    public DownloadScenario(string name, string folder, int breaksAt)
        : base(name, [], folder + LargeName, folder + SmallName) => (this.folder, this.breaksAt) = (folder, breaksAt);

    /// <inheritdoc/>
    public override ProcessResult Run(string folder, TimeSpan limit, IReadOnlyList<string> before)
    {
        using FileServer server = Serve();
        return CnnRun.Finish(
            folder, limit, DownloadWorker.Arguments(server.Address, To(folder), Files), before, ThisProgram.Command);
    }

    /// <inheritdoc/>
    public override ProcessResult RunHere(string folder)
    {
        using FileServer server = Serve();
        using var error = new StringWriter();
        int code = DownloadWorker.Run(DownloadWorker.Arguments(server.Address, To(folder), Files), error);
        return new ProcessResult(code, "", error.ToString());
    }

    private static IReadOnlyList<(string Name, byte[] Content)> Files => [(LargeName, Large), (SmallName, Small)];

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new PhiloxRandom(1, (ulong)length).NextBytes(bytes);
        return bytes;
    }

    private string To(string folder) => Path.Combine(folder, this.folder);

    private FileServer Serve() => new((context, request) => FileServer.SendAsync(
        context,
        context.Request.Url!.AbsolutePath.EndsWith(LargeName, StringComparison.Ordinal) ? Large : Small,
        request == 0 && breaksAt > 0 ? breaksAt : int.MaxValue));
}
