using Cnn.Engine.Runs;

namespace Cnn.Tests.Api;

/// <summary>A program of one's own that writes the folder of a run.</summary>
internal static class RunExample
{
    public static void Record(string folder, int steps)
    {
        var info = new RunInfo
        {
            Net = "mine",
            MaxIterations = steps,
            Settings = [new RunSetting("base_lr", "0.1")],
        };
        using RunWriter run = RunWriter.Open(folder, info);
        for (int i = 0; i < steps; i++)
        {
            run.Scalar("train/loss", i, Math.Exp(-0.1 * i));
        }

        run.Scalar("test/accuracy", steps, 0.99);
        run.End(RunState.Completed);
    }
}
