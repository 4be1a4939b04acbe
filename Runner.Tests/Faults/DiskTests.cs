using Cnn.Campaigns.Processes;
using Cnn.Campaigns.SystemErrors;
using Cnn.Engine.Snapshots;
using Cnn.Proto;

namespace Cnn.Tests.Faults;

/// <summary>Disk failures during a training run of the real program.</summary>
[Trait("Category", "Crash")]
public sealed class DiskTests
{
    // A snapshot takes about 54 kB, so the third does not fit.
    private const int Kilobytes = 140;

    [Theory]
    [InlineData("BINARYPROTO")]
    [InlineData("HDF5")]
    public async Task AFullDiskEndsTheRunAndLeavesTheSnapshotsBeforeWhole(string format)
    {
        using SmallDisk disk = SmallDisk.OrSkip(Kilobytes);
        using var folder = new TemporaryFolder();
        SmallTraining.Write(folder, 100, 10, $"snapshot_format: {format}", Path.Combine(disk.Path, "snap"));
        using (CnnProcess run = CnnProcess.Start(folder.Path, "train", "--solver", "solver.prototxt"))
        {
            var (exitCode, _, error) = await run.Finish();
            Assert.True(exitCode == 2, error);
            Assert.Matches("the snapshot of iteration (20|30) cannot be written: .*the disk is full", error);
            Assert.DoesNotContain("   at Cnn.", error, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Directory.GetFiles(disk.Path), f => f.Contains(".part", StringComparison.Ordinal));
        string latest = Assert.IsType<string>(SnapshotFiles.FindLatest(Path.Combine(disk.Path, "snap")));
        Assert.Matches("snap_iter_(10|20)[.]", latest);

        // On a disk with space, training continues from there.
        SmallTraining.Write(folder, 40, 100, $"snapshot_format: {format}", Path.Combine(folder.Path, "elsewhere"));
        using (CnnProcess run = CnnProcess.Start(
            folder.Path, "train", "--solver", "solver.prototxt", "--snapshot", latest))
        {
            var (exitCode, _, error) = await run.Finish();
            Assert.True(exitCode == 0, error);
        }

        Assert.NotEmpty(Directory.GetFiles(folder.Path, "elsewhere_iter_40.caffemodel*"));
    }

    [Fact]
    public async Task AFolderThatCannotBeWrittenToIsReportedBeforeTheFirstIteration()
    {
        using SmallDisk disk = SmallDisk.OrSkip(Kilobytes);
        using var folder = new TemporaryFolder();
        disk.MakeReadOnly();
        await RefusesToStart(folder, Path.Combine(disk.Path, "snap"), disk.Path);
        await RefusesToStart(folder, Path.Combine(disk.Path, "new", "snap"), disk.Path);
    }

    [Fact]
    public async Task AFolderThatIsAFileIsReportedBeforeTheFirstIteration()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["taken"], "");
        await RefusesToStart(folder, Path.Combine(folder.Path, "taken", "snap"), "taken");
    }

    [Fact]
    public async Task ADiskWithoutRoomForOneSnapshotLeavesNothingBehind()
    {
        using SmallDisk disk = SmallDisk.OrSkip(16);
        using var folder = new TemporaryFolder();
        SmallTraining.Write(folder, 100, 10, "", Path.Combine(disk.Path, "snap"));
        using CnnProcess run = CnnProcess.Start(folder.Path, "train", "--solver", "solver.prototxt");

        var (exitCode, _, error) = await run.Finish();

        Assert.True(exitCode == 2, error);
        Assert.Empty(Directory.GetFiles(disk.Path));
    }

    [Fact]
    public void AFileThatCouldNotBeReplacedIsAsItWas()
    {
        using SmallDisk disk = SmallDisk.OrSkip(32);
        string path = Path.Combine(disk.Path, "net.prototxt");
        File.WriteAllText(path, "name: \"old\"");
        var big = new NetParameter { Name = new string('x', 64 * 1024) };

        var error = Assert.Throws<CnnException>(() => ProtoFile.Save(big, path));
        Assert.Equal($"cannot write '{path}': the disk is full", error.Message);
        Assert.True(error.IsOfTheMachine);

        Assert.Equal("name: \"old\"", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(disk.Path));
    }

    // The file has its name, but a loss of power might take it away again.
    [Theory]
    [InlineData("fsync", "EIO", 2)]
    [InlineData("fsync", "EINTR", 0)]
    [InlineData("fsync", "EINVAL", 0)]
    [InlineData("open,openat", "EACCES", 0)]
    public void AFolderThatCannotBeFlushedIsToldWhereTheDiskFails(string call, string failure, int exitCode)
    {
        Assert.SkipUnless(StraceProgram.Missing is null, $"strace is needed: {StraceProgram.Missing}");
        using var folder = new TemporaryFolder();
        folder.Write("net.prototxt", "name: 'x'");
        Directory.CreateDirectory(folder["out"]);
        var point = new FaultPoint("out", call, 1, new Failure($"error={failure}", exitCode == 0));

        Assert.True(Strace.Inject(
            folder.Path, ["convert", "net.prototxt", "out/net.prototxt"], point, out ProcessResult result));

        Assert.Equal((exitCode, "name: \"x\"\n"), (result.ExitCode, File.ReadAllText(folder["out/net.prototxt"])));
        Assert.Equal(
            exitCode == 0 ? "" : "cnn: cannot write 'out/net.prototxt': the disk or device fails to read or write\n",
            result.Error);
        Assert.Single(Directory.GetFiles(folder["out"]));
    }

    private static async Task RefusesToStart(TemporaryFolder folder, string prefix, string named)
    {
        SmallTraining.Write(folder, 100, 10, "", prefix);
        using CnnProcess run = CnnProcess.Start(folder.Path, "train", "--solver", "solver.prototxt");
        var (exitCode, _, error) = await run.Finish();
        Assert.True(exitCode == 1, error);
        Assert.Contains("snapshots cannot be written to", error, StringComparison.Ordinal);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.DoesNotContain("Iteration 0", error, StringComparison.Ordinal);
    }
}
