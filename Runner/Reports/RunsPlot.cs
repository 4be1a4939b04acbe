using Cnn.Proto;

namespace Cnn.Runner.Reports;

/// <summary>Chooses what of runs is drawn, and under which names: losses in one panel, scores in another.</summary>
/// <param name="plot">Receives the curves.</param>
internal sealed class RunsPlot(CurvePlot plot)
{
    private const string Loss = "loss", Error = "error, %", Score = "score";

    /// <summary>The curves that are wanted; empty for the usual ones.</summary>
    public IReadOnlyList<string> Wanted { get; init; } = [];

    /// <summary>Whether accuracies are drawn as errors in per cent.</summary>
    public bool DrawsErrors { get; init; }

    /// <summary>Whether losses, errors and a single value have a logarithmic axis.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Adds the curves of runs: several runs have a colour each, of a single one each curve has.</summary>
    /// <exception cref="CnnException">A run has not what is wanted.</exception>
    public void Add(IReadOnlyList<(string Label, RunCurves Run)> runs)
    {
        Curve[][] chosen = [.. runs.Select(r => Choose(r.Run))];
        string[] scores =
        [
            .. chosen.SelectMany((curves, i) => curves.Where(c => PanelOf(c, runs[i].Run) == Score))
                .Select(c => c.Name).Distinct(),
        ];
        for (int i = 0; i < runs.Count; i++)
        {
            var inPanel = new Dictionary<string, int>();
            for (int k = 0; k < chosen[i].Length; k++)
            {
                Curve curve = chosen[i][k];
                string panel = PanelOf(curve, runs[i].Run);
                int before = inPanel.GetValueOrDefault(panel);
                inPanel[panel] = before + 1;
                string name = NameOf(curve, runs[i].Run);
                plot.Add(
                    panel == Score && scores.Length == 1 ? scores[0] : panel,
                    Wanted.Count == 1 ? runs[i].Label : runs.Count == 1 ? name : $"{runs[i].Label}: {name}",
                    panel == Error ? curve.AsError() : curve,
                    runs.Count == 1 ? k : i,
                    runs.Count == 1 ? 0 : before,
                    IsLogarithmic && (Wanted.Count == 1 || panel is Loss or Error));
            }
        }
    }

    // Losses come first, so that their panel is the upper one.
    private Curve[] Choose(RunCurves run)
    {
        string? missing = Wanted.FirstOrDefault(name => run.Curves.All(c => c.Name != name));
        if (missing is not null)
        {
            throw new CnnException(
                $"run '{run.Name}' has no '{missing}'", $"it has {string.Join(", ", run.Curves.Select(c => c.Name))}");
        }

        IEnumerable<Curve> chosen = Wanted.Count == 0
            ? run.Curves.Take(run.Usual > 0 ? run.Usual : run.Curves.Count)
            : run.Curves.Where(c => Wanted.Contains(c.Name));
        return [.. chosen.OrderBy(c => c.IsLoss ? 0 : 1)];
    }

    private string PanelOf(Curve curve, RunCurves run) =>
        IsOther(curve, run) ? curve.Name
        : DrawsErrors && !curve.IsLoss ? Error
        : Wanted.Count == 1 ? Wanted[0]
        : curve.IsLoss ? Loss : Score;

    private static string NameOf(Curve curve, RunCurves run) =>
        curve.Name == TrainingLog.TrainLoss || IsOther(curve, run) ? curve.Name : $"test {curve.Name}";

    private static bool IsOther(Curve curve, RunCurves run) => !run.Curves.Take(run.Usual).Contains(curve);
}
