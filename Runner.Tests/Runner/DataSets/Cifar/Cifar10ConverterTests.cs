using System.Formats.Tar;
using System.IO.Compression;
using Cnn.Proto;
using Cnn.Proto.Formats.Cifar;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Runner.DataSets.Cifar;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Runner.DataSets.Cifar;

/// <summary>
/// Uses made-up files of CIFAR-10: record r of file f has label (r + f) mod 10 and the pixels (f + r + i) mod 256.
/// </summary>
[Trait("Category", "Unit")]
public sealed class Cifar10ConverterTests : IDisposable
{
    private static readonly string[] Names = [.. Cifar10Files.Train, .. Cifar10Files.Test];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheFilesBecomeDatabasesAndAMeanAsInCaffesExample(bool packed)
    {
        if (packed)
        {
            Pack();
        }
        else
        {
            Write();
        }

        CommandLine run = CommandLine.Run("data", "cifar10", "--from", folder["from"], "--to", folder["to"]);

        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        using LmdbReader train = LmdbReader.Open(folder["to/cifar10_train_lmdb"]),
            test = LmdbReader.Open(folder["to/cifar10_test_lmdb"]);
        Assert.Equal((50000, 10000), (train.Count, test.Count));
        Datum datum = Datum.Parser.ParseFrom(train.Value(23456).ToArray());
        Assert.Equal((3, 32, 32, (3456 + 2) % 10), (datum.Channels, datum.Height, datum.Width, datum.Label));
        Assert.Equal(Enumerable.Range(0, 3072).Select(i => (byte)(2 + 3456 + i)), datum.Data.ToByteArray());
        Assert.Equal(5, Datum.Parser.ParseFrom(test.Value(0).ToArray()).Label);

        BlobProto mean = BlobProto.Parser.ParseFrom(File.ReadAllBytes(folder["to/mean.binaryproto"]));
        Assert.Equal((1, 3, 32, 32, 3072), (mean.Num, mean.Channels, mean.Height, mean.Width, mean.Data.Count));
        double expected = Enumerable.Range(0, 5)
            .Average(f => Enumerable.Range(0, 10000).Average(r => (double)(byte)(f + r + 7)));
        Assert.Equal(expected, mean.Data[7], 1e-4);
    }

    [Fact]
    public void WhatIsThereIsNeverOverwritten()
    {
        Directory.CreateDirectory(folder["to/cifar10_test_lmdb"]);

        Assert.Contains("exists already; remove it or write to another folder", Error());
        Assert.False(Directory.Exists(folder["to/cifar10_train_lmdb"]));
    }

    [Fact]
    public void AMissingFileIsNamed()
    {
        Directory.CreateDirectory(folder["from"]);
        Assert.Contains("holds neither data_batch_1.bin nor cifar-10-binary.tar.gz", Error());

        Write();
        File.Delete(folder["from/test_batch.bin"]);
        Assert.Contains("test_batch.bin", Error());
        Assert.False(Directory.Exists(folder["to"]));
    }

    [Fact]
    public void AFileOfAnotherLengthOrLabelIsRefused()
    {
        Write();
        File.WriteAllBytes(folder["from/data_batch_4.bin"], new byte[1000]);
        Assert.Contains("data_batch_4.bin' is not 10000 records of 3073 bytes", Error());

        byte[] records = Records(3);
        records[17 * 3073] = 10;
        File.WriteAllBytes(folder["from/data_batch_4.bin"], records);
        Assert.Contains("label 17 in", Error());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    [InlineData(2)]
    public void ADamagedArchiveIsRefused(int length)
    {
        Pack();
        string archive = folder["from/cifar-10-binary.tar.gz"];
        File.WriteAllBytes(archive, File.ReadAllBytes(archive)[..length]);

        Assert.Contains("cifar-10-binary.tar.gz", Error());
    }

    [Fact]
    public void AFileThatIsNoArchiveIsRefused()
    {
        Directory.CreateDirectory(folder["from"]);
        File.WriteAllText(folder["from/cifar-10-binary.tar.gz"], "not found");

        Assert.Contains("is damaged or is no gzip-compressed tar", Error());
    }

    private string Error() => Assert.Throws<CnnException>(
        () => Cifar10Converter.Convert(
            folder["from"], folder["to"], cancel: TestContext.Current.CancellationToken)).Message;

    private static byte[] Records(int file)
    {
        byte[] records = new byte[10_000 * 3073];
        for (int r = 0; r < 10_000; r++)
        {
            records[r * 3073] = (byte)((r + file) % 10);
            for (int i = 0; i < 3072; i++)
            {
                records[(r * 3073) + 1 + i] = (byte)(file + r + i);
            }
        }

        return records;
    }

    private void Write()
    {
        Directory.CreateDirectory(folder["from"]);
        for (int file = 0; file < Names.Length; file++)
        {
            File.WriteAllBytes(folder["from/" + Names[file]], Records(file));
        }
    }

    private void Pack()
    {
        Directory.CreateDirectory(folder["from"]);
        using FileStream archive = File.Create(folder["from/cifar-10-binary.tar.gz"]);
        using var packed = new GZipStream(archive, CompressionLevel.Fastest);
        using var tar = new TarWriter(packed);
        for (int file = 0; file < Names.Length; file++)
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "cifar-10-batches-bin/" + Names[file])
            {
                DataStream = new MemoryStream(Records(file)),
            });
        }
    }
}
