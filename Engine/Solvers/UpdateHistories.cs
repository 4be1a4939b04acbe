using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Engine.Solvers;

/// <summary>The histories that an update rule keeps for each parameter, 0 at first.</summary>
/// <param name="rule">The rule.</param>
/// <param name="type">The rule's name, for errors.</param>
/// <param name="parameters">The parameters that it updates.</param>
internal sealed class UpdateHistories(UpdateRule rule, string type, IReadOnlyList<LearnableParameter> parameters)
{
    private readonly Blob[][] byParameter =
    [
        .. parameters.Select(p => Enumerable.Range(0, rule.HistoriesPerParameter)
            .Select(_ => new Blob(p.Blob.Shape)).ToArray()),
    ];

    private bool areRestored;

    /// <summary>Returns the histories of a parameter.</summary>
    public ReadOnlySpan<Blob> Of(int parameter) => byParameter[parameter];

    /// <summary>Returns whether no snapshot was restored, or its histories of a parameter are all 0.</summary>
    public bool AreStillZero(int parameter) =>
        !areRestored || Array.TrueForAll(byParameter[parameter], h => !h.Data.ContainsAnyExcept(0f));

    /// <summary>
    /// Returns the histories in the order of snapshots: all first ones in the order of the parameters, then all second
    /// ones.
    /// </summary>
    public Blob[] InFileOrder() =>
        [.. Enumerable.Range(0, rule.HistoriesPerParameter).SelectMany(j => byParameter.Select(h => h[j]))];

    /// <summary>Checks that a snapshot's history belongs to this rule and these parameters.</summary>
    /// <param name="state">The snapshot's state.</param>
    /// <param name="path">Its path, for errors.</param>
    /// <exception cref="CnnException">Another solver type wrote it, or another net.</exception>
    public void RequireFit(StateFile state, string path)
    {
        if (state.Extensions.HasSolverType && state.Extensions.SolverType != type)
        {
            string writer = state.Extensions.SolverType;
            throw new CnnException(
                $"{path}: was written by a solver of type {writer}, this solver is of type {type}",
                $"go on with type: \"{writer}\", or start anew from the snapshot's weights");
        }

        Blob[] mine = InFileOrder();
        if (state.History.Count != mine.Length)
        {
            throw new CnnException(
                $"{path}: holds {state.History.Count} history blobs, a solver of type {type} has {mine.Length}: "
                + $"{rule.HistoriesPerParameter} for each of the net's {byParameter.Length} parameters",
                "resume with the net and the solver type that wrote the snapshot");
        }

        for (int i = 0; i < mine.Length; i++)
        {
            StoredBlob stored = state.History[i];
            if (stored.Data.Count != mine[i].Count)
            {
                throw new CnnException(
                    $"{path}: history blob {i} has shape {stored.ShapeText} and {stored.Data.Count} values, this net's "
                    + $"parameter has shape {mine[i].ShapeText}",
                    "resume with the net that wrote the snapshot");
            }
        }
    }

    /// <summary>Copies a snapshot's history, which must fit (see <see cref="RequireFit"/>).</summary>
    /// <param name="state">The snapshot's state.</param>
    /// <param name="path">Its path, for errors.</param>
    /// <exception cref="CnnException">It holds values that this rule cannot have written.</exception>
    public void Restore(StateFile state, string path)
    {
        areRestored = true;
        Blob[] mine = InFileOrder();
        for (int i = 0; i < mine.Length; i++)
        {
            state.History[i].Data.CopyTo(mine[i].Data);
            if (rule.IsNeverNegative(i / byParameter.Length) && FirstBelowZero(mine[i].Data) is { } value)
            {
                throw new CnnException(
                    $"{path}: history blob {i} holds {CaffeNumber.Format(value)}, where a solver of type {type} has "
                    + "nothing below 0; a solver of another type wrote it",
                    "resume with the solver type that wrote the snapshot, or start anew from its weights");
            }
        }
    }

    private static float? FirstBelowZero(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!(value >= 0))
            {
                return value;
            }
        }

        return null;
    }
}
