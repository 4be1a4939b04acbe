using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Runner.Reports;

/// <summary>The curves of a run, from its log or from its folder, under the names that a log gives them.</summary>
/// <param name="Name">The name of the run.</param>
/// <param name="Curves">The curves: the loss in training, the outputs of the test nets, then the others.</param>
/// <param name="Usual">How many of them every run has; these are drawn if none is chosen.</param>
internal sealed record RunCurves(string Name, IReadOnlyList<Curve> Curves, int Usual)
{
    private const string Smoothed = CurveNames.SmoothedLoss, Loss = CurveNames.Loss, Test = "test";

    /// <summary>Reads the log or the folder of a run.</summary>
    /// <exception cref="CnnException">It cannot be read or holds no curve.</exception>
    public static RunCurves Read(string path)
    {
        if (!Directory.Exists(path))
        {
            TrainingLog log = TrainingLog.Read(path);
            return new RunCurves(Path.GetFileNameWithoutExtension(path), log.Curves, log.Curves.Count);
        }

        RunRecord run = RunFolder.Read(path, clock: SystemClock.Time);
        var usual = new List<Curve>();
        var others = new List<Curve>();
        bool isSmoothed = run.TryFind(Smoothed, out _);
        foreach (RunCurve curve in run.Curves)
        {
            string name = NameOf(curve.Name, isSmoothed);
            (name == curve.Name ? others : usual).Add(Of(name, curve, run.Info));
        }

        return usual.Count + others.Count > 0
            ? new RunCurves(run.Name, [.. usual, .. others], usual.Count)
            : throw new CnnException($"run '{path}' has no figures yet");
    }

    private static Curve Of(string name, RunCurve from, RunInfo info)
    {
        var curve = new Curve(name, info.IsLessBetter(from.Name));
        foreach (RunPoint point in from.Points)
        {
            curve.Add(point.Iteration, point.Value);
        }

        return curve;
    }

    // The first test net's outputs have their own names, those of net k "NAME #k"; other names stay as they are.
    private static string NameOf(string name, bool isSmoothed)
    {
        if (name == (isSmoothed ? Smoothed : Loss))
        {
            return TrainingLog.TrainLoss;
        }

        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string net = name.StartsWith(Test, StringComparison.Ordinal) && slash >= Test.Length
            ? name[Test.Length..slash]
            : "-";
        return net.Length == 0 ? name[(slash + 1)..]
            : net.All(char.IsAsciiDigit) ? $"{name[(slash + 1)..]} #{net}"
            : name;
    }
}
