using Cnn.Proto;
using Cnn.Proto.Formats.ImageSets;
using Cnn.Runner.DataSets;
using Cnn.Runner.DataSets.ImageSets;

namespace Cnn.Tests.Runner.DataSets.ImageSets;

/// <summary>An interrupted conversion that is resumed ends in the bytes of one that never stopped.</summary>
[Trait("Category", "Resume")]
public sealed class ImageSetResumeTests : IDisposable
{
    private const int Count = 5000;

    private readonly TemporaryFolder folder = new();
    private readonly ImageSetEntry[] images =
    [
        .. Enumerable.Range(0, Count).Select(i => new ImageSetEntry(i % 50 == 7 ? "missing" : $"{i % 3}.png", i)),
    ];

    public ImageSetResumeTests()
    {
        for (int i = 0; i < 3; i++)
        {
            TestImages.Write(folder[$"{i}.png"], TestImages.Image(i, 3, 4 + i, 5));
        }
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void InterruptedAndResumedAtAnyImage(int threads)
    {
        ImageSetResult whole = Convert("whole", new ImageSetOptions());
        int stops = 0;
        foreach (int stop in (int[])[0, 1, 15, 16, 2000, 2500, 2501, 4990])
        {
            stops += Interrupt("db", stop, new ImageSetOptions { Threads = threads }) ? 1 : 0;
            Assert.False(Path.Exists(folder["db"]));
        }

        ImageSetResult resumed = Convert("db", new ImageSetOptions { Threads = threads }, resume: true);

        Assert.True(stops > 5, $"only {stops} interrupts");
        Assert.Equal((4900, 100), (resumed.Written, resumed.Skipped));
        Assert.Equal(whole with { Path = resumed.Path }, resumed);
        Assert.Equal(File.ReadAllBytes(folder["whole/data.mdb"]), File.ReadAllBytes(folder["db/data.mdb"]));
        Assert.False(Path.Exists(folder["db.partial"]));
    }

    [Theory]
    [InlineData(20, "db_train")]
    [InlineData(20, "db_val")]
    public void BothPartsOfAFolderAreResumed(int stop, string part)
    {
        for (int i = 0; i < 100; i++)
        {
            Directory.CreateDirectory(folder[$"set/{i % 2}"]);
            File.Copy(folder[$"{i % 3}.png"], folder[$"set/{i % 2}/{i}.png"]);
        }

        Convert("whole", resume: false, null);
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(
            () => Convert("db", resume: false, new Interrupter(stop, source, part), source.Token));
        Assert.True(Path.Exists(folder[part + ".partial"]));
        Assert.False(Path.Exists(folder["db_train"]));

        Convert("db", resume: true, null);

        foreach (string name in (string[])["_train/data.mdb", "_val/data.mdb", "_val/labels.txt"])
        {
            Assert.Equal(File.ReadAllBytes(folder["whole" + name]), File.ReadAllBytes(folder["db" + name]));
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path, "*.partial"));

        void Convert(string to, bool resume, IProgress<WriteProgress>? progress, CancellationToken cancel = default) =>
            ImageSetConverter.ConvertFolder(
                folder["set"], folder[to], validation: 0.4, resume: resume, progress: progress, cancel: cancel);
    }

    [Fact]
    public void AnInterruptBeforeTheFirstImageLeavesNothing()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => ImageSetConverter.Convert(
            images, folder.Path + "/", folder["db"], cancel: cancelled.Token));

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path, "db*"));
    }

    [Fact]
    public void WhatIsUnfinishedIsNotOverwritten()
    {
        Interrupt("db", 3000, new ImageSetOptions());
        byte[] before = File.ReadAllBytes(folder["db.partial/data.mdb"]);

        Assert.Contains("go on with it by --resume, or remove it", Error(new ImageSetOptions(), resume: false));
        Assert.Contains(
            "was begun with another list or other options", Error(new ImageSetOptions { Gray = true }, resume: true));
        images[4000] = images[4000] with { Label = 0 };
        Assert.Contains("was begun with another list or other options", Error(new ImageSetOptions(), resume: true));
        Assert.Equal(before, File.ReadAllBytes(folder["db.partial/data.mdb"]));
    }

    [Fact]
    public void WhatIsDamagedIsRefused()
    {
        Interrupt("db", 3000, new ImageSetOptions());
        string state = folder["db.partial/state"];
        byte[] bytes = File.ReadAllBytes(state);
        foreach (int at in (int[])[0, 10, 50, bytes.Length / 2, bytes.Length - 1])
        {
            byte[] damaged = (byte[])bytes.Clone();
            damaged[at] ^= 4;
            File.WriteAllBytes(state, damaged);
            Assert.Contains("is damaged; remove", Error(new ImageSetOptions(), resume: true));
        }

        File.WriteAllBytes(state, bytes);
        string data = folder["db.partial/data.mdb"];
        File.WriteAllBytes(data, File.ReadAllBytes(data)[..12288]);
        Assert.Contains("writing cannot go on from there", Error(new ImageSetOptions(), resume: true));
        File.Delete(state);
        Assert.Contains("is no unfinished conversion", Error(new ImageSetOptions(), resume: true));
    }

    [Fact]
    public void AConversionThatWasKilledBeforeItsFirstStateBeginsAgain()
    {
        Directory.CreateDirectory(folder["db.partial"]);
        File.WriteAllBytes(folder["db.partial/data.mdb"], new byte[8192]);
        File.WriteAllBytes(folder["db.partial/.state.4711-1.part"], []);

        Assert.Equal(4900, Convert("db", new ImageSetOptions(), resume: true).Written);
        Assert.Equal(["data.mdb"], Directory.GetFiles(folder["db"]).Select(Path.GetFileName));
    }

    [Fact]
    public void WithNothingToGoOnWithAResumedConversionBegins() =>
        Assert.Equal(4900, Convert("db", new ImageSetOptions(), resume: true).Written);

    private string Error(ImageSetOptions options, bool resume) =>
        Assert.Throws<CnnException>(() => Convert("db", options, resume)).Message;

    private ImageSetResult Convert(string database, ImageSetOptions options, bool resume = false) =>
        ImageSetConverter.Convert(
            images,
            folder.Path + "/",
            folder[database],
            options,
            resume,
            cancel: TestContext.Current.CancellationToken);

    // Returns whether it was interrupted, and not finished before.
    private bool Interrupt(string database, int stop, ImageSetOptions options)
    {
        using var source = new CancellationTokenSource();
        var interrupt = new Interrupter(stop, source);
        try
        {
            ImageSetConverter.Convert(
                images, folder.Path + "/", folder[database], options, resume: true, interrupt, cancel: source.Token);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private sealed class Interrupter(int stop, CancellationTokenSource source, string? name = null)
        : IProgress<WriteProgress>
    {
        public void Report(WriteProgress value)
        {
            if (value.Done >= stop && value.Done < value.Total && (name is null || value.Name == name))
            {
                source.Cancel();
            }
        }
    }
}
