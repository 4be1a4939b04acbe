using BenchmarkDotNet.Running;
using Cnn.Bench;
using Cnn.Proto;
using Cnn.Runner.Reports;

try
{
    return Run(args.Length > 0 ? args[0] : "", args.Length > 0 ? args[1..] : []);
}
catch (CnnException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

static int Run(string command, string[] rest)
{
    switch (command)
    {
        case "peak":
            Console.Write(Peak.Text(Options.Number(rest, "--threads", Environment.ProcessorCount)));
            return 0;
        case "product":
            return GemmBench.Run(rest);
        case "convolution":
            return ConvolutionBench.Run(rest);
        case "data":
            return DataBench.Run(rest);
        case "step":
            return StepBench.Run(rest);
        case "scaling":
            return ScalingBench.Run(rest);
        case "compare":
            return CompareBench.Run(rest);
        case "benchmark":
            BenchmarkSwitcher.FromAssembly(typeof(StepBench).Assembly).Run(rest);
            return 0;
        default:
            Console.Error.WriteLine("""
                usage: Cnn.Bench COMMAND
                  peak [--threads T]                                     multiply-adds per second, by vector width
                  product [--size N] [--m M --n N --k K] [--threads T]   GEMM
                  convolution [--threads T] [--only NAME] [--sets N]     typical convolutions, forward and backward,
                                                                         each call on the next of N sets of arrays
                  step NET [--batch N] [--threads T] [--shape CxHxW]     a whole training step of a net's file or of a
                       [--classes K] [--seconds S] [--forward]           folder of Models, or a forward pass in TEST;
                       [--layers [N]] [--json]                           with its N slowest layers
                  scaling NET... [--batch N] [--threads T]               the predicted step and efficiency of several
                       [--shape CxHxW] [--passes K] [--rounds R]         nodes, from measured times of layers and a
                       [--nodes N] [--speeds SxS...] [--bucket KB]       model of the network, also of nodes that
                       [--gbit G [--latency US] [--overhead US]]         compute S times as fast
                  compare NET [--batch N] [--threads T]                  a forward pass in TEST, and the same net's
                       [--shape CxHxW] [--seconds S] [--rounds R]    ONNX export in ONNX Runtime, in turn
                  data [--images N] [--threads T] [--seconds S]          images a second from each kind of source
                       [--only jpeg|raw|mnist|folder|lenet]           and LeNet's step from LMDB and from memory
                  benchmark [BenchmarkDotNet options]                    the same with statistics
                """);
            return 1;
    }
}
