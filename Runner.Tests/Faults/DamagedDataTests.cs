using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Tests.Layers.Data;
using Cnn.Tests.Proto.Formats.Idx;
using Google.Protobuf;

namespace Cnn.Tests.Faults;

/// <summary>A thousand damaged files of each data format, read by the layers for several passes.</summary>
[Trait("Category", "Fuzz")]
public sealed class DamagedDataTests : IDisposable
{
    private const int Passes = 4;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task IdxImages()
    {
        File.WriteAllBytes(folder["labels"], IdxFiles.Labels(10));
        File.WriteAllBytes(folder["whole"], IdxFiles.Images(10, 5, 4));
        await Damage.Check(folder["whole"], damaged => ReadIdx(damaged, folder["labels"]));
    }

    [Fact]
    public async Task IdxLabels()
    {
        File.WriteAllBytes(folder["images"], IdxFiles.Images(10, 5, 4));
        File.WriteAllBytes(folder["whole"], IdxFiles.Labels(10));
        await Damage.Check(folder["whole"], damaged => ReadIdx(folder["images"], damaged));
    }

    [Fact]
    public async Task PackedIdxImages()
    {
        File.WriteAllBytes(folder["labels"], IdxFiles.Labels(10));
        File.WriteAllBytes(folder["whole.gz"], IdxFiles.Gzip(IdxFiles.Images(10, 5, 4)));
        await Damage.Check(folder["whole.gz"], damaged => ReadIdx(damaged, folder["labels"]));
    }

    [Fact]
    public async Task Lmdb()
    {
        using (LmdbWriter writer = LmdbWriter.Create(folder["whole"]))
        {
            for (int i = 0; i < 40; i++)
            {
                var datum = new Datum { Channels = 1, Height = 10, Width = 12, Label = i % 10 };
                datum.Data = ByteString.CopyFrom([.. Enumerable.Range(i, 120).Select(v => (byte)v)]);
                writer.Put(System.Text.Encoding.ASCII.GetBytes($"{i:D8}"), datum.ToByteArray());
            }

            writer.Commit();
        }

        Directory.CreateDirectory(folder["damaged"]);
        await Damage.Check(
            Path.Combine(folder["whole"], "data.mdb"),
            _ => Read(
                context => new DataLayer(context),
                $"type: 'Data' data_param {{ source: '{folder["damaged"]}' backend: LMDB batch_size: 10 }}"),
            Path.Combine(folder["damaged"], "data.mdb"));
    }

    private static void ReadIdx(string images, string labels) => Read(
        context => new IdxDataLayer(context),
        $"type: 'IdxData' idx_data_param {{ image_source: '{images}' label_source: '{labels}' batch_size: 4 }}");

    private static void Read(Func<Cnn.Layers.LayerContext, Cnn.Layers.Layer> make, string layer)
    {
        using var run = new DataRun(
            make, TextFormat.Parse<LayerParameter>(layer.Replace('\\', '/'), "layer"), threads: 1);
        for (int pass = 0; pass < Passes; pass++)
        {
            run.Pass(pass);
        }
    }
}
