using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Tests.Proto.Formats.Lmdb;

[Trait("Category", "Unit")]
public sealed class LmdbTreeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Two records of 1,500 bytes fill a page, so that a third one starts the next.
    [Fact]
    public void APageHasNothingOfTheRecordsOfTheOneBefore()
    {
        const int Page = 4096;
        using (var tree = new LmdbTree(folder["data.mdb"]))
        {
            tree.Add("a"u8, Filled(0xAA));
            tree.Add("b"u8, Filled(0xAA));
            tree.Add("c"u8, Filled(0x55));
            tree.Finish();
        }

        byte[] file = File.ReadAllBytes(folder["data.mdb"]);
        Assert.Equal(3000, file.AsSpan(2 * Page, Page).Count((byte)0xAA));
        Assert.Equal(1500, file.AsSpan(3 * Page, Page).Count((byte)0x55));
        Assert.Equal(0, file.AsSpan(3 * Page).Count((byte)0xAA));
    }

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 1500)];
}
