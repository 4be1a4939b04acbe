using Cnn.Campaigns.Crash.Disks;
using Cnn.Fillers;

namespace Cnn.Tests.Campaigns.Crash;

[Trait("Category", "Crash")]
public class SimulatedDiskTests
{
    private const int States = 200, Folder = 0, Old = 1, New = 2;

    private static readonly byte[] Before = [1, 2, 3], After = [4, 5, 6, 7];

    private static readonly DiskOperation
        Create = new(DiskOperationKind.Link, Folder) { Name = ".part", Target = New },
        Write = new(DiskOperationKind.Write, New) { Data = After },
        FlushFile = new(DiskOperationKind.Flush, New),
        Rename = new(DiskOperationKind.Rename, Folder) { OldName = ".part", Name = "file", Target = New },
        FlushFolder = new(DiskOperationKind.Flush, Folder);

    [Fact]
    public void AFileThatIsFlushedAndRenamedIsTheOldOneOrTheNewOne() => Assert.Equal(
        ["1,2,3", "4,5,6,7"], Contents(Create, Write, FlushFile, Rename));

    [Fact]
    public void AFileThatIsNotFlushedMayGetItsNameBeforeItsBytes()
    {
        string[] contents = Contents(Create, Write, Rename);

        Assert.Contains("", contents);
        Assert.Contains("4,5", contents);
        Assert.Contains("0,0,0,0", contents);
    }

    [Fact]
    public void WhatIsFlushedWithItsNameIsThere() => Assert.Equal(
        ["4,5,6,7"], Contents(Create, Write, FlushFile, Rename, FlushFolder));

    [Fact]
    public void ANameIsLostWhereItsFolderIsNotFlushed()
    {
        var folder = new DiskOperation(DiskOperationKind.Link, Folder) { Name = "new", Target = 2 };
        var file = new DiskOperation(DiskOperationKind.Link, 2) { Name = "file", Target = 3 };
        var flush = new DiskOperation(DiskOperationKind.Flush, 2);
        var log = new DiskLog([DiskNode.Folder()], [true, true, true, false], [folder, file, flush]);

        string[] found = [.. Crashes(new SimulatedDisk(log), 3).Select(c => string.Join(' ', c.Keys)).Distinct()];

        Assert.Equal(["", "new new/file"], found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ASectorThatIsWrittenAnewIsTheOldOneOrTheNewOne()
    {
        byte[] before = new byte[1024], after = [.. Enumerable.Repeat((byte)1, 1024)];
        DiskNode root = DiskNode.Folder();
        root.Names["file"] = Old;
        var write = new DiskOperation(DiskOperationKind.Write, Old) { Data = after };
        var disk = new SimulatedDisk(new DiskLog([root, DiskNode.File(before)], [true, false], [write]));

        var found = Crashes(disk, 1).Select(c => (c["file"]![..512].Sum(b => b), c["file"]![512..].Sum(b => b)));

        Assert.Equal([(0, 0), (0, 512), (512, 0), (512, 512)], found.Distinct().Order());
    }

    [Fact]
    public void EverythingIsThereWhileThePowerIsOn() => Assert.Equal(
        After, Disk(Create, Write, Rename).Everything(3)["file"]);

    private static string[] Contents(params DiskOperation[] operations) =>
    [
        .. Crashes(Disk(operations), operations.Length)
            .Select(c => string.Join(',', c["file"]!)).Distinct().Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<SortedDictionary<string, byte[]?>> Crashes(SimulatedDisk disk, int operations) =>
        Enumerable.Range(0, States).Select(i => disk.Crash(operations, new PhiloxRandom(1, (ulong)i)));

    private static SimulatedDisk Disk(params DiskOperation[] operations)
    {
        DiskNode root = DiskNode.Folder();
        root.Names["file"] = Old;
        return new SimulatedDisk(new DiskLog([root, DiskNode.File(Before)], [true, false, false], operations));
    }
}
