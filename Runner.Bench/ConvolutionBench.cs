namespace Cnn.Bench;
internal static class ConvolutionBench { public static int Run(string[] args) => args.Length; }
