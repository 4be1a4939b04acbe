using System.Text;
using Cnn.Campaigns.Files;
using Cnn.Proto;
using Cnn.Proto.Formats.LevelDb;
using static Cnn.Campaigns.Files.LevelDbFiles;

namespace Cnn.Tests.Proto.Formats.LevelDb;

/// <summary>Edits of manifests, as LevelDB's db/version_edit.cc numbers their entries.</summary>
[Trait("Category", "Unit")]
public sealed class LevelDbManifestTests : IDisposable
{
    // The oldest log is number 5, the last change number 7.
    private static readonly byte[] Needed = [2, 5, 4, 7];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheLaterOfTwoEditsCounts()
    {
        LevelDbManifest manifest = Read([2, 5, 4, 7, 9, 3], [4, .. Varint(300)], [2, 9, 9, 0]);

        Assert.Equal((9UL, 0UL, 300UL), (manifest.Log, manifest.PreviousLog, manifest.Sequence));
        Assert.Equal(3UL, Read([.. Needed, 9, 3]).PreviousLog);
    }

    [Fact]
    public void AManifestSaysBothALogAndASequenceNumber()
    {
        Assert.Empty(Read([2, 5], [4, 7]).Tables);
        Assert.Contains("it says no log or no sequence number", Refused([2, 5]));
        Assert.Contains("it says no log or no sequence number", Refused([4, 7]));
        Assert.Contains("it says no log or no sequence number", Refused());
    }

    [Fact]
    public void TablesAreWhatWasAddedAndNotRemoved()
    {
        LevelDbManifest manifest = Read(
            [.. Needed, .. Added(1, 4, 100, "a"), .. Added(2, 4, 200, "b"), .. Added(6, 500, 300, "")],
            [6, 2, 4, 6, 0, 4, .. Added(1, 4, 150, "c")]);

        Assert.Equal(
            [(1, 4UL, 150L, "c"), (6, 500UL, 300L, "")],
            manifest.Tables.OrderBy(t => t.Level).Select(
                t => (t.Level, t.Number, t.Size, Encoding.ASCII.GetString(t.Smallest[..^8]))));
    }

    [Fact]
    public void WhatOnlyWritersNeedIsSkipped()
    {
        LevelDbManifest manifest = Read([3, .. Varint(999), 5, 1, 3, 7, 7, 7, .. Needed, .. Added(0, 4, 1, "a")]);

        Assert.Equal((5UL, 7UL, 1), (manifest.Log, manifest.Sequence, manifest.Tables.Count));
    }

    [Fact]
    public void AnEntryThatIsCutIsRefused()
    {
        byte[][] entries =
        [
            [1, .. Text("leveldb.BytewiseComparator")], [2, 0x85, 0], [9, 0x85, 0], [4, 0x85, 0], [3, 0x85, 0],
            [5, 1, 3, 7, 7, 7], [6, 1, 0x84, 0], Added(1, 4, 300, "abc"),
        ];
        foreach (byte[] entry in entries)
        {
            Assert.Equal(5UL, Read([.. entry, .. Needed]).Log);
            for (int length = 1; length < entry.Length; length++)
            {
                Assert.Contains("edit 1 is damaged at its byte", Refused(Needed, entry[..length]));
            }
        }
    }

    [Fact]
    public void EntriesThatNoTableHasAreRefused()
    {
        Assert.Contains("edit 0 is damaged", Refused([.. Needed, .. Added(7, 4, 1, "a")]));
        Assert.Contains("edit 0 is damaged", Refused([.. Needed, 6, 7, 4]));
        Assert.Contains("edit 0 is damaged", Refused([.. Needed, 5, 7, 0]));
        Assert.Contains("edit 0 is damaged", Refused([.. Needed, .. Added(1, 4, 1UL << 63, "a")]));
        Assert.Contains("edit 0 is damaged", Refused([.. Needed, 7, 1, 4, 1, 7, 0, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Equal(
            long.MaxValue, Assert.Single(Read([.. Needed, .. Added(1, 4, long.MaxValue, "a")]).Tables).Size);
    }

    [Theory]
    [InlineData("MANIFEST-000002")]
    [InlineData("MANIFEST-000002\n\n")]
    [InlineData("MANIFEST-000002\r\n")]
    [InlineData("MANIFEST-\n")]
    [InlineData("MANIFEST-2x\n")]
    [InlineData("MANIFEST--2\n")]
    [InlineData("manifest-000002\n")]
    [InlineData("\n")]
    [InlineData("")]
    public void CurrentNamesAManifestInALine(string text)
    {
        Read(Needed);
        File.WriteAllText(folder["CURRENT"], text);

        Assert.Contains(
            "it names no manifest", Assert.Throws<CnnException>(() => LevelDbManifest.Read(folder.Path)).Message);
    }

    private static byte[] Text(string text) => [.. Varint((ulong)text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Added(ulong level, ulong number, ulong size, string smallest) =>
    [
        7, .. Varint(level), .. Varint(number), .. Varint(size), .. Text(smallest + "\u0001\0\0\0\0\0\0\0"),
        .. Text("z\u0001\0\0\0\0\0\0\0"),
    ];

    private LevelDbManifest Read(params byte[][] edits)
    {
        File.WriteAllBytes(folder["MANIFEST-000002"], LevelDbFiles.Log(edits));
        File.WriteAllText(folder["CURRENT"], "MANIFEST-000002\n");
        return LevelDbManifest.Read(folder.Path);
    }

    private string Refused(params byte[][] edits) => Assert.Throws<CnnException>(() => Read(edits)).Message;
}
