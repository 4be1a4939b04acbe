using Cnn.Engine.Export;
using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Reports;
using Microsoft.ML.OnnxRuntime;

namespace Cnn.Bench;

/// <summary>
/// Measures a forward pass in TEST against ONNX Runtime, which runs the same net from its export: in turn, so that both
/// meet the same machine.
/// </summary>
internal static class CompareBench
{
    public static int Run(string[] args)
    {
        if (args.Length == 0 || args[0].StartsWith("--", StringComparison.Ordinal))
        {
            Console.Error.WriteLine("compare: the first argument is the net's file or a folder of Models");
            return 1;
        }

        int threads = Options.Number(args, "--threads", Environment.ProcessorCount);
        int seconds = Options.Number(args, "--seconds", 3), rounds = Options.Number(args, "--rounds", 3);
        using var pool = new WorkerPool(threads);
        NetParameter definition = SyntheticNet.Load(
            SyntheticNet.Find(args[0], isDeploy: true), Phase.Test, Options.Number(args, "--batch", 1),
            Options.Sizes(args, "--shape"), pool);
        using Net source = SyntheticNet.WithStatistics(definition, pool);
        using Net net = Build(definition, source, pool, inference: true);
        net.Forward();
        using var peer = new OnnxRuntimePeer(Export(definition, source, pool), net, threads);
        double peak = Peak.Widest(threads), operations = 2 * net.Layers.Sum(l => (double)l.Cost.MultiplyAdds);
        Measure ours = new(double.MaxValue, double.MaxValue), theirs = ours;
        for (int round = 0; round < rounds; round++)
        {
            ours = ours.Better(Measure.Of(() => net.Forward(), seconds));
            theirs = theirs.Better(Measure.Of(peer.Run, seconds));
        }

        Console.WriteLine(
            $"{net.Name}: forward pass, {threads} threads, {operations * 1e-9:F3} GFLOP, "
            + $"peak {peak * 1e-9:F1} GFLOP/s, triad {Bandwidth.Triad(pool) * 1e-9:F1} GB/s");
        Console.WriteLine($"    Cnn          {ours.Text(operations, peak)}");
        Console.WriteLine($"    ONNX Runtime {theirs.Text(operations, peak)}");
        Console.WriteLine(
            $"    ONNX Runtime takes {theirs.Least / ours.Least:F2} times as long "
            + $"({theirs.Median / ours.Median:F2} by the medians); "
            + $"greatest relative difference {peer.Difference():E1}");
        return 0;
    }

    private static Net Build(NetParameter definition, Net source, WorkerPool pool, bool inference)
    {
        Net net = Net.Build(
            new NetDefinition(definition), new NetOptions { Phase = Phase.Test, Pool = pool, Inference = inference });
        net.ShareParametersOf(source);
        SyntheticNet.FillInputs(net, 10);
        return net;
    }

    private static string Export(NetParameter definition, Net source, WorkerPool pool)
    {
        string path = Path.Combine(Path.GetTempPath(), $"cnn-compare-{Guid.NewGuid():N}.onnx");
        using Net net = Build(definition, source, pool, inference: false);
        net.ExportOnnx(path, new OnnxOptions { FixesBatch = true, Check = OnnxCheckChoice.Never });
        return path;
    }

    /// <summary>The exported net in ONNX Runtime, with the inputs of ours; the file goes with it.</summary>
    private sealed class OnnxRuntimePeer : IDisposable
    {
        private readonly string path;
        private readonly Net net;
        private readonly SessionOptions options;
        private readonly InferenceSession session;
        private readonly RunOptions run = new();
        private readonly OrtValue[] inputs;
        private readonly OrtValue[] outputs;

        public OnnxRuntimePeer(string path, Net net, int threads)
        {
            (this.path, this.net) = (path, net);
            options = new SessionOptions
            {
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL, IntraOpNumThreads = threads,
                InterOpNumThreads = 1,
            };
            session = new InferenceSession(path, options);
            inputs = [.. session.InputNames.Select(n => Value(net.FindBlob(n)))];
            outputs = [.. session.OutputNames.Select(n => Value(net.FindBlob(n), isEmpty: true))];
        }

        public void Run() => session.Run(run, session.InputNames, inputs, session.OutputNames, outputs);

        /// <summary>Returns the greatest difference of the outputs, relative to the greatest value.</summary>
        public double Difference()
        {
            double greatest = 0;
            for (int i = 0; i < outputs.Length; i++)
            {
                ReadOnlySpan<float> theirs = outputs[i].GetTensorDataAsSpan<float>();
                ReadOnlySpan<float> ours = net.FindBlob(session.OutputNames[i]).Data;
                double difference = 0, scale = 1e-30;
                for (int j = 0; j < ours.Length; j++)
                {
                    difference = Math.Max(difference, Math.Abs((double)ours[j] - theirs[j]));
                    scale = Math.Max(scale, Math.Abs(ours[j]));
                }

                greatest = Math.Max(greatest, difference / scale);
            }

            return greatest;
        }

        public void Dispose()
        {
            Array.ForEach(inputs, v => v.Dispose());
            Array.ForEach(outputs, v => v.Dispose());
            run.Dispose();
            session.Dispose();
            options.Dispose();
            File.Delete(path);
        }

        private static OrtValue Value(Blob blob, bool isEmpty = false) => OrtValue.CreateTensorValueFromMemory(
            isEmpty ? new float[blob.Count] : blob.Data.ToArray(),
            Array.ConvertAll(blob.Shape.ToArray(), d => (long)d));
    }
}
