using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Tests.Engine.Solvers;
using Cnn.Tests.Layers.Data;
using Google.Protobuf;

namespace Cnn.Tests.Engine.Snapshots;

/// <summary>
/// Whatever the images come from, and with every random transformation on, a resumed run ends in the bits of one that
/// never stopped, with batches loaded ahead or not, on any number of threads.
/// </summary>
[Trait("Category", "Resume")]
public sealed class SourceResumeTests : IDisposable
{
    private const string Distortions =
        """
        mirror: true scale: 0.00390625 mean_value: 100 pad: 1
        distortion { translation: 2 scaling: 0.1 squeezing: 0.1 shearing: 0.1 rotation: 20 vertical_shearing: 0.1
          elastic_alpha: 8 elastic_sigma: 2 fill: 20 }
        random_resized_crop { size: 12 min_area: 0.3 }
        cutout { count: 2 size: 5 min_size: 2 }
        """;

    private const string Colors = "color_jitter { brightness: 0.4 contrast: 0.4 saturation: 0.4 hue: 0.1 }";
    private const int Images = 23;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Data")]
    [InlineData("Data encoded")]
    [InlineData("Data shuffled")]
    [InlineData("ImageData")]
    [InlineData("ImageFolder")]
    [InlineData("WindowData")]
    [InlineData("Cifar10Data")]
    [InlineData("IdxData")]
    [InlineData("Digits")]
    public void AResumedRunHasTheBitsOfOneThatNeverStopped(string source)
    {
        string layer = Layer(source);
        float[] straight = Train(layer, prefetch: 4, threads: 2, "straight");
        Assert.Equal(straight, Train(layer, prefetch: 0, threads: 1, "now"));
        Assert.Equal(straight, Train(layer, prefetch: 2, threads: 3, "resumed", folder["straight_iter_5.solverstate"]));
        Assert.Equal(straight, Train(layer, prefetch: 0, threads: 2, "again", folder["now_iter_5.solverstate"]));
    }

    private float[] Train(string layer, int prefetch, int threads, string prefix, string? resumeFrom = null)
    {
        using var pool = new WorkerPool(threads);
        using Solver solver = Training.Prepare(
            $$"""
            net_param {
              {{layer.Replace("PREFETCH", $"{prefetch}", StringComparison.Ordinal)}}
              layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
                convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
              layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip"
                inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
              layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" }
            }
            base_lr: 0.01 lr_policy: 'fixed' momentum: 0.9 max_iter: 12 snapshot: 5 random_seed: 3
            snapshot_prefix: '{{folder[prefix]}}'
            """,
            pool,
            resumeFrom: resumeFrom);
        Assert.True(solver.Solve());
        return Training.Weights(solver);
    }

    private string Layer(string source)
    {
        string transform = source is "IdxData" or "Digits" ? Distortions : $"{Distortions} {Colors}";
        string options = source switch
        {
            "Data" => $"data_param {{ source: '{Database(encoded: false)}' backend: LMDB ",
            "Data encoded" => $"data_param {{ source: '{Database(encoded: true)}' backend: LMDB ",
            "Data shuffled" => $"data_param {{ source: '{Database(encoded: false)}' backend: LMDB shuffle: true ",
            "ImageData" => $"image_data_param {{ source: '{List()}' shuffle: true rand_skip: 5 ",
            "ImageFolder" => $"image_folder_param {{ source: '{Folder()}' validation_share: 0.2 ",
            "WindowData" => $"window_data_param {{ source: '{Windows()}' context_pad: 2 ",
            "Cifar10Data" => $"cifar10_data_param {{ source: '{Cifar()}' shuffle: true ",
            "IdxData" => $"idx_data_param {{ images: '{Idx()}' labels: '{folder["labels"]}' shuffle: true ",
            _ => "digits_param { ",
        };
        if (source == "WindowData")
        {
            transform = "mirror: true crop_size: 12 mean_value: 100";
            options += "scale: 0.01 ";
        }

        return $$"""
            layer { name: "data" type: "{{source.Split(' ')[0]}}" top: "data" top: "label"
              transform_param { {{transform}} }
              {{options}} batch_size: 5 prefetch: PREFETCH } }
            """;
    }

    private string Database(bool encoded)
    {
        using LmdbWriter writer = LmdbWriter.Create(folder["db"]);
        for (int i = 0; i < Images; i++)
        {
            PlanarImage image = ImageFiles.Random(i, 3, 14 + (i % 3), 16);
            var datum = new Datum
            {
                Channels = 3,
                Height = image.Height,
                Width = 16,
                Label = i % 10,
                Encoded = encoded,
                Data = ByteString.CopyFrom(encoded ? ImageEncoder.Encode(image, "jpg") : image.Pixels),
            };
            writer.Put(System.Text.Encoding.ASCII.GetBytes($"{i:D8}"), datum.ToByteArray());
        }

        writer.Commit();
        return folder["db"];
    }

    private string List()
    {
        string[] lines = [.. Enumerable.Range(0, Images).Select(i =>
        {
            ImageFiles.Write(folder[$"{i}.png"], i, 3, 14 + (i % 3), 16);
            return $"{folder[$"{i}.png"]} {i % 10}";
        })];
        return folder.Write("list.txt", string.Join('\n', lines));
    }

    private string Folder()
    {
        for (int i = 0; i < Images; i++)
        {
            ImageFiles.Write(folder[$"set/class{i % 3}/{i}.jpg"], i, 3, 14 + (i % 3), 16);
        }

        return folder["set"];
    }

    private string Windows()
    {
        IEnumerable<string> images = Enumerable.Range(0, 5).Select(i =>
        {
            ImageFiles.Write(folder[$"{i}.png"], i, 3, 20, 24);
            return $"# {i}\n{folder[$"{i}.png"]}\n3 20 24\n2\n{1 + i} 0.8 {i} 2 {i + 9} 11\n0 0.1 {i} 0 23 {i + 12}\n";
        });
        return folder.Write("windows.txt", string.Concat(images));
    }

    private string Cifar()
    {
        var records = new byte[Images * 3073];
        new Random(1).NextBytes(records);
        for (int i = 0; i < Images; i++)
        {
            records[i * 3073] = (byte)(i % 10);
        }

        File.WriteAllBytes(folder["part.bin"], records);
        return folder["part.bin"];
    }

    private string Idx()
    {
        var pixels = new byte[Images * 14 * 16];
        new Random(1).NextBytes(pixels);
        File.WriteAllBytes(folder["images"], [0, 0, 8, 3, 0, 0, 0, Images, 0, 0, 0, 14, 0, 0, 0, 16, .. pixels]);
        File.WriteAllBytes(
            folder["labels"],
            [0, 0, 8, 1, 0, 0, 0, Images, .. Enumerable.Range(0, Images).Select(i => (byte)(i % 10))]);
        return folder["images"];
    }
}
