using System.Diagnostics;
using System.Globalization;
using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Fillers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Runner.Reports;
using Google.Protobuf;

namespace Cnn.Bench;

/// <summary>
/// Measures how many images a second the sources of data deliver: a net of a data layer alone runs forward. Beside the
/// JPEG files, libjpeg-turbo's own program decodes the same files where it is installed.
/// </summary>
internal static class DataBench
{
    private const int Batch = 64, Side = 256, Digit = 28;

    public static int Run(string[] args)
    {
        int seconds = Options.Number(args, "--seconds", 3), images = Options.Number(args, "--images", 512);
        string? only = Options.Text(args, "--only");
        string folder = Directory.CreateTempSubdirectory("cnn-bench").FullName;
        try
        {
            byte[][] files = Files(images);
            double? djpeg = only is null or "jpeg" or "folder" ? Djpeg.ImagesASecond(files, folder) : null;
            if (djpeg is { } alone)
            {
                Console.WriteLine($"djpeg, decoding alone, one thread: {alone:F0} images/s");
            }

            if (only is null or "lenet")
            {
                LeNetFromDatabase(folder, args, seconds);
            }

            foreach (var (name, layer) in Sources(files, folder, only))
            {
                foreach (int threads in Options.ThreadCounts(args))
                {
                    double rate = Rate(layer, threads, seconds);
                    string share = djpeg is { } of && name is "jpeg" or "folder"
                        ? $", {rate / djpeg / threads:P0} of djpeg a thread"
                        : "";
                    Console.WriteLine($"{name}, {threads} thread(s): {rate:F0} images/s{share}");
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    // A training step over a database, and over values that stay in memory, in turn, so that both see the same machine.
    private static void LeNetFromDatabase(string folder, string[] args, int seconds)
    {
        string path = Path.Combine(folder, "digits");
        var pixels = new byte[Digit * Digit];
        var random = new PhiloxRandom(1, 0);
        Write(path, 60_000, i =>
        {
            random.NextBytes(pixels);
            return new Datum
            {
                Channels = 1, Height = Digit, Width = Digit, Label = i % 10, Data = ByteString.CopyFrom(pixels),
            };
        });
        string memory = $$"""
            layer { name: "data" type: "DummyData" top: "data" top: "label"
              dummy_data_param { shape { dim: {{Batch}} dim: 1 dim: 28 dim: 28 } shape { dim: {{Batch}} }
                data_filler { value: 0.5 } data_filler { value: 1 } } }
            """;
        foreach (int threads in Options.ThreadCounts(args))
        {
            using var pool = new WorkerPool(threads);
            using Solver database = LeNet(Data(path, "scale: 0.00390625"), pool), still = LeNet(memory, pool);
            double least = double.MaxValue, leastOfMemory = double.MaxValue;
            for (int round = 0; round < 3; round++)
            {
                least = Math.Min(least, Measure.Of(database.Step, seconds).Median);
                leastOfMemory = Math.Min(leastOfMemory, Measure.Of(still.Step, seconds).Median);
            }

            Console.WriteLine($"LeNet, {threads} thread(s): {least * 1e3:F3} ms a step from LMDB, "
                + $"{leastOfMemory * 1e3:F3} ms from memory, {(least / leastOfMemory) - 1:P1} more");
        }
    }

    private static Solver LeNet(string data, WorkerPool pool)
    {
        NetParameter net = NetDefinition.Load(SyntheticNet.Find("lenet")).Message;
        NetParameter source = NetDefinition.Parse(data).Message;
        LayerParameter[] others = [.. net.Layer.Where(l => l.Top.IndexOf("data") < 0 && l.Include.Count == 0)];
        net.Layer.Clear();
        net.Layer.Add(source.Layer);
        net.Layer.Add(others);
        return new Solver(
            new SolverDefinition(new SolverParameter
            {
                NetParam = net, BaseLr = 1e-6f, LrPolicy = "fixed", Momentum = 0.9f, WeightDecay = 0.0005f,
                MaxIter = int.MaxValue, Display = 0, RandomSeed = 1,
            }),
            new SolverOptions { Pool = pool });
    }

    private static IEnumerable<(string Name, string Layer)> Sources(byte[][] files, string folder, string? only)
    {
        if (only is null or "jpeg")
        {
            string jpeg = Path.Combine(folder, "jpeg");
            Write(jpeg, files.Length, i => new Datum
            {
                Encoded = true, Label = i % 10, Data = UnsafeByteOperations.UnsafeWrap(files[i]),
            });
            yield return ("jpeg", Data(jpeg, "force_color: true crop_size: 227 mirror: true"));
        }

        if (only is null or "raw")
        {
            string raw = Path.Combine(folder, "raw");
            Write(raw, files.Length, i => new Datum
            {
                Channels = 3, Height = Side, Width = Side, Label = i % 10, Data = ByteString.CopyFrom(Pixels(i)),
            });
            yield return ("raw", Data(raw, "crop_size: 227 mirror: true"));
        }

        if (only is null or "mnist")
        {
            string mnist = Path.Combine(folder, "mnist");
            var pixels = new byte[Digit * Digit];
            Write(mnist, 60_000, i => new Datum
            {
                Channels = 1, Height = Digit, Width = Digit, Label = i % 10, Data = ByteString.CopyFrom(pixels),
            });
            yield return ("mnist", Data(mnist, "scale: 0.00390625"));
        }

        if (only is null or "folder")
        {
            string root = Path.Combine(folder, "folder");
            for (int i = 0; i < files.Length; i++)
            {
                string of = Path.Combine(root, $"class{i % 10}");
                Directory.CreateDirectory(of);
                File.WriteAllBytes(Path.Combine(of, $"{i:D5}.jpg"), files[i]);
            }

            yield return ("folder", $$"""
                layer { name: "data" type: "ImageFolder" top: "data" top: "label"
                  transform_param { crop_size: 227 mirror: true }
                  image_folder_param { source: "{{root}}" batch_size: {{Batch}} } }
                """);
        }
    }

    private static string Data(string path, string transform) => $$"""
        layer { name: "data" type: "Data" top: "data" top: "label"
          transform_param { {{transform}} }
          data_param { source: "{{path}}" backend: LMDB batch_size: {{Batch}} } }
        """;

    private static double Rate(string layer, int threads, int seconds)
    {
        using var pool = new WorkerPool(threads);
        using Net net = Net.Build(
            NetDefinition.Parse(layer), new NetOptions { Phase = Phase.Train, Pool = pool });

        // What was loaded ahead before the clock starts is not counted: the queue is full at the start and at the end.
        Run(seconds: 0.5);
        return Run(seconds);

        double Run(double seconds)
        {
            long start = Stopwatch.GetTimestamp(), passes = 0;
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
            {
                net.Forward();
                passes++;
            }

            return passes * Batch / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    private static void Write(string path, int count, Func<int, Datum> make)
    {
        using LmdbWriter writer = LmdbWriter.Create(path);
        for (int i = 0; i < count; i++)
        {
            string key = i.ToString("D8", CultureInfo.InvariantCulture);
            writer.Put(System.Text.Encoding.ASCII.GetBytes(key), make(i).ToByteArray());
        }

        writer.Commit();
    }

    private static byte[][] Files(int count)
    {
        var image = new PlanarImage();
        image.SetSize(3, Side, Side);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            Pixels(i).CopyTo(image.Pixels);
            return ImageEncoder.Encode(image, "jpg");
        })];
    }

    // Smooth hills with a little noise, about as hard to compress as a photograph.
    private static byte[] Pixels(int seed)
    {
        var pixels = new byte[3 * Side * Side];
        var random = new PhiloxRandom(1, (ulong)seed);
        double[] wave = [.. Enumerable.Range(0, 12).Select(_ => random.NextDouble())];
        for (int at = 0; at < pixels.Length; at++)
        {
            int c = at / (Side * Side), y = at / Side % Side, x = at % Side;
            double value = 128 + (50 * Math.Sin((x * 0.2 * wave[c]) + (y * 0.1 * wave[c + 3])))
                + (40 * Math.Sin((y * 0.3 * wave[c + 6]) - (x * 0.05 * wave[c + 9])))
                + (16 * (random.NextDouble() - 0.5));
            pixels[at] = (byte)Math.Clamp(value, 0, 255);
        }

        return pixels;
    }
}
