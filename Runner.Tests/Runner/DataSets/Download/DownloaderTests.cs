using Cnn.Campaigns.Crash.Commands;
using Cnn.Proto;
using Cnn.Proto.Formats.Idx;
using Cnn.Runner.DataSets;
using Cnn.Runner.DataSets.Download;
using Cnn.Tests.Proto.Formats.Idx;

namespace Cnn.Tests.Runner.DataSets.Download;

[Trait("Category", "Unit")]
public sealed class DownloaderTests : IDisposable
{
    private static readonly byte[] Content = IdxFiles.Gzip(
        [.. IdxFiles.Header(2051, 300, 28, 28), .. Noise(300 * 784)]);
    private readonly TemporaryFolder folder = new();
    private readonly HttpClient client =
        new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public void Dispose()
    {
        client.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task AFileArrivesWholeAndIsNotFetchedAgain()
    {
        using var server = new FileServer((context, _) => FileServer.SendAsync(context, Content));
        var reports = new List<WriteProgress>();
        await Download(server, reports);
        await Download(server);
        Assert.Equal(Content, Arrived);
        Assert.Equal([""], server.Ranges);
        Assert.Equal(new WriteProgress("images.gz", Content.Length, Content.Length), reports[^1]);
        Assert.False(File.Exists(folder["images.gz.partial"]));
    }

    [Fact]
    public async Task APartialFileIsGoneOnWith()
    {
        File.WriteAllBytes(folder["images.gz.partial"], Content[..1000]);
        using var server = new FileServer((context, _) => FileServer.SendAsync(context, Content));
        await Download(server);
        Assert.Equal(Content, Arrived);
        Assert.Equal(["bytes=1000-"], server.Ranges);
    }

    [Fact]
    public async Task ABrokenConnectionIsTakenUpWhereItBroke()
    {
        using var server = new FileServer((context, request) =>
            FileServer.SendAsync(context, Content, request == 0 ? 100_000 : int.MaxValue));
        await Download(server);
        Assert.Equal(Content, Arrived);
        Assert.Equal(2, server.Ranges.Count);
    }

    [Fact]
    public async Task AServerWithoutRangesSendsTheFileFromItsStart()
    {
        File.WriteAllBytes(folder["images.gz.partial"], new byte[1000]);
        using var server = new FileServer(async (context, _) =>
        {
            context.Response.ContentLength64 = Content.Length;
            await context.Response.OutputStream.WriteAsync(Content);
            context.Response.Close();
        });
        await Download(server);
        Assert.Equal(Content, Arrived);
    }

    // A loss of power leaves a part of the right length, but with zeros where nothing had been written yet.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task APartialFileThatWasWrongIsFetchedAnewFromTheSameMirror(bool hasFullLength)
    {
        File.WriteAllBytes(folder["images.gz.partial"], new byte[hasFullLength ? Content.Length : 1000]);
        using var server = new FileServer((context, _) => FileServer.SendAsync(context, Content));
        await Download(server);
        Assert.Equal(Content, Arrived);
        Assert.Equal("", server.Ranges[^1]);
    }

    [Fact]
    public async Task AMirrorWithAnotherFileIsAskedOnceWhereNothingWasThere()
    {
        byte[] other = new byte[Content.Length];
        IdxFiles.Labels(0).CopyTo(other, 0);
        using var server = new FileServer((context, _) => FileServer.SendAsync(context, other));
        await Assert.ThrowsAsync<CnnException>(() => Download(server));
        Assert.Single(server.Ranges);
    }

    [Fact]
    public async Task TheNextMirrorHelpsWhereOneFails()
    {
        using var missing = new FileServer((context, _) =>
        {
            context.Response.StatusCode = 404;
            context.Response.Close();
            return Task.CompletedTask;
        });
        using var longer = new FileServer((context, _) => FileServer.SendAsync(context, [.. Content, 0]));
        using var right = new FileServer((context, _) => FileServer.SendAsync(context, Content));
        await From(missing, longer, right).DownloadAsync(folder.Path, null, TestContext.Current.CancellationToken);
        Assert.Equal(Content, Arrived);
        Assert.Single(missing.Ranges);
        Assert.Single(longer.Ranges);
    }

    [Fact]
    public async Task WhereAllFailEachIsNamedAndNothingWrongIsKept()
    {
        using var missing = new FileServer((context, _) =>
        {
            context.Response.StatusCode = 404;
            context.Response.Close();
            return Task.CompletedTask;
        });
        byte[] labels = new byte[Content.Length];
        IdxFiles.Labels(0).CopyTo(labels, 0);
        using var wrong = new FileServer((context, _) => FileServer.SendAsync(context, labels));
        using var endless = new FileServer(async (context, _) =>
        {
            context.Response.SendChunked = true;
            for (int i = 0; i < 1000; i++)
            {
                await context.Response.OutputStream.WriteAsync(Content);
            }
        });
        var error = await Assert.ThrowsAsync<CnnException>(() => From(missing, wrong, endless)
            .DownloadAsync(folder.Path, null, TestContext.Current.CancellationToken));
        Assert.Contains("404", error.Message);
        Assert.Contains("magic number", error.Message);
        Assert.Contains("more than the", error.Message);
        Assert.False(File.Exists(folder["images.gz"]));
    }

    [Fact]
    public async Task AServerThatIsNotThereIsAPlainError()
    {
        Uri gone;
        using (var server = new FileServer((_, _) => Task.CompletedTask))
        {
            gone = server.Address;
        }

        var downloader = new Downloader(client, [gone], Files);
        var error = await Assert.ThrowsAsync<CnnException>(
            () => downloader.DownloadAsync(folder.Path, null, TestContext.Current.CancellationToken));
        Assert.Contains("no mirror gave images.gz whole", error.Message);
    }

    private static string? Problem(string path) =>
        IdxFile.ReadImages(path) is { Count: not 300 and var count } ? $"it holds {count} entries, not 300" : null;

    private static IReadOnlyList<RemoteFile> Files => [new RemoteFile("images.gz", Content.Length, Problem)];

    private byte[] Arrived => File.ReadAllBytes(folder["images.gz"]);

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private Downloader From(params FileServer[] servers) =>
        new(client, [.. servers.Select(server => server.Address)], Files);

    private Task Download(FileServer server, List<WriteProgress>? reports = null) => From(server).DownloadAsync(
        folder.Path, reports is null ? null : new Recorder(reports), TestContext.Current.CancellationToken);

    private sealed class Recorder(List<WriteProgress> reports) : IProgress<WriteProgress>
    {
        public void Report(WriteProgress value) => reports.Add(value);
    }
}
