using Cnn.Engine.Runs;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Engine.Pages;

/// <summary>Runs with everything that a page shows, made up.</summary>
internal static class SampleRuns
{
    /// <summary>When each of them started.</summary>
    public static DateTimeOffset Started { get; } = new(2026, 11, 30, 9, 15, 0, TimeSpan.Zero);

    /// <summary>A run like that of LeNet.</summary>
    /// <param name="iterations">The iterations it has done, of 10,000 or as many as these.</param>
    /// <param name="rate">Its learning rate at the start, which bends its curves.</param>
    /// <param name="every">How many iterations lie between two figures of the training.</param>
    public static RunRecord Lenet(long iterations = 10_000, double rate = 0.01, long every = 100)
    {
        long end = Math.Max(10_000, iterations);
        var run = new RunRecord
        {
            Name = $"lenet-{rate:0.###}".Replace(',', '.'),
            State = iterations == end ? RunState.Completed : RunState.Running,
            Iteration = iterations,
            Duration = TimeSpan.FromSeconds(iterations * 0.0042),
            LastSnapshot = $"snapshots/lenet_iter_{iterations / 5000 * 5000}.solverstate",
            Info = Info(end, rate),
            LayerTimes = Times(),
            Classes = Classes(10, iterations),
            NetSvg = Net,
            Definitions = new Dictionary<string, string>
            {
                ["solver.prototxt"] = "net: \"net.prototxt\"\nbase_lr: 0.01\nlr_policy: \"inv\"\n",
                ["net.prototxt"] = "name: \"LeNet\"\nlayer {\n  name: \"mnist\"\n  type: \"Data\"\n}\n",
            },
        };
        AddCurves(run, iterations, rate, every);
        AddHistograms(run, iterations);
        foreach (long iteration in new[] { 0, iterations / 2, iterations })
        {
            run.Add("filters/conv1", iteration, Picture(25, 20, (int)iteration, "20 filters of 5x5"));
            run.Add("samples/data", iteration, Picture(56, 28, (int)iteration + 7, ""));
        }

        return run;
    }

    /// <summary>A test of some classes.</summary>
    public static ClassReport Classes(int count, long iteration)
    {
        var random = new Random(3);
        long[][] counts = new long[count][];
        for (int i = 0; i < count; i++)
        {
            counts[i] = new long[count];
            counts[i][i] = 960 + random.Next(60);
            for (int k = 0; k < 5; k++)
            {
                counts[i][random.Next(count)] += random.Next(9);
            }
        }

        return new ClassReport(
            iteration,
            [.. Enumerable.Range(0, count).Select(i => count == 10 ? $"{i}" : $"class {i}")],
            counts,
            [
                .. Enumerable.Range(0, 16).Select(i => new ClassMistake(
                    i % 10, (i + 3) % 10, 0.999 - (0.03 * i), Picture(28, 28, i, ""))),
            ]);
    }

    private const string Net =
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 90" width="420" height="90">
        <style>rect{fill:#d9dee3}@media (prefers-color-scheme: dark){rect{fill:#30363d}text{fill:#fff}}</style>
        <rect x="10" y="20" width="110" height="50" rx="6"/><text x="30" y="50">conv1</text>
        <rect x="150" y="20" width="110" height="50" rx="6"/><text x="170" y="50">pool1</text>
        <rect x="290" y="20" width="110" height="50" rx="6"/><text x="310" y="50">ip1</text></svg>
        """;

    private static RunInfo Info(long end, double rate) => new()
    {
        Net = "LeNet",
        Command = "cnn train --solver lenet_solver.prototxt --run runs/lenet",
        Version = "1.0.0",
        Seed = 1701,
        Machine = "workstation, AMD Ryzen 7 7700, 8 threads, Linux 6.1",
        MaxIterations = end,
        Started = Started,
        Settings =
        [
            new("net", "lenet_train_test.prototxt"), new("test_iter", "100"), new("test_interval", "500"),
            new("base_lr", FormattableString.Invariant($"{rate}")), new("momentum", "0.9"),
            new("weight_decay", "0.0005"), new("lr_policy", "inv"), new("gamma", "0.0001"), new("power", "0.75"),
            new("max_iter", FormattableString.Invariant($"{end}")), new("snapshot", "5000"), new("type", "SGD"),
        ],
    };

    private static void AddCurves(RunRecord run, long iterations, double rate, long every)
    {
        var random = new Random(1);
        for (long i = 0; i <= iterations; i += every)
        {
            double now = i * rate / 0.01;
            double loss = (2.3 * Math.Exp(-now / 300)) + (0.25 * Math.Exp(-now / 2500)) + 0.004;
            run.Add("train/loss", i, loss * Math.Exp((random.NextDouble() - 0.5) * 1.6));
            run.Add("train/learning_rate", i, rate * Math.Pow(1 + (0.0001 * i), -0.75));
            run.Add("train/images_per_second", i, 15_200 + (random.NextDouble() * 900));
            run.Add("train/data_wait", i, 0.01 + (0.02 * random.NextDouble()));
            if (i % (5 * every) == 0)
            {
                run.Add("test/accuracy", i, 0.9915 - (0.89 * Math.Exp(-now / 250)) - (0.03 * Math.Exp(-now / 1500)));
                run.Add("test/loss", i, 0.028 + (2.27 * Math.Exp(-now / 300)) + (0.1 * Math.Exp(-now / 2000)));
            }
        }
    }

    private static LayerTime[] Times() =>
    [
        new("mnist", "Data", 0.03, 0), new("conv1", "Convolution", 0.61, 0.88), new("pool1", "Pooling", 0.22, 0.18),
        new("conv2", "Convolution", 0.74, 1.21), new("pool2", "Pooling", 0.09, 0.07),
        new("ip1", "InnerProduct", 0.31, 0.55), new("relu1", "ReLU", 0.004, 0.005),
        new("ip2", "InnerProduct", 0.02, 0.03), new("loss", "SoftmaxWithLoss", 0.01, 0.002),
    ];

    private static void AddHistograms(RunRecord run, long iterations)
    {
        var random = new Random(2);
        float[] values = new float[2000];
        foreach (string layer in new[] { "conv1", "conv2", "ip1", "ip2" })
        {
            for (long i = 0; i <= iterations; i += Math.Max(1, iterations / 30))
            {
                foreach (string name in new[] { $"weights/{layer}.0", $"weights/{layer}.1", $"gradients/{layer}.0" })
                {
                    double width = name[0] == 'w' ? 0.05 + (0.1 * i / iterations) : 0.02 / (1 + (5.0 * i / iterations));
                    for (int k = 0; k < values.Length; k++)
                    {
                        double u = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
                        values[k] = (float)(width * u * Math.Cos(2 * Math.PI * random.NextDouble()));
                    }

                    run.Add(name, i, RunHistogram.Of(values));
                }
            }
        }
    }

    private static RunImage Picture(int width, int height, int seed, string caption)
    {
        var random = new Random(seed);
        var image = new PlanarImage();
        image.SetSize(1, height, width);
        Span<byte> pixels = image.Pixels;
        for (int i = 0; i < pixels.Length; i++)
        {
            double x = (i % width / (double)width) - 0.5, y = (i / width / (double)height) - 0.5;
            pixels[i] = (byte)Math.Clamp((200 * (1 - (4 * ((x * x) + (y * y))))) + random.Next(40), 0, 255);
        }

        return new RunImage(ImageEncoder.Encode(image, "png"), width, height, caption);
    }
}
