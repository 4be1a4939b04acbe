using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Layers;

namespace Cnn.Engine.Solvers.Recording;

/// <summary>
/// The figures of the training net's outputs, besides the loss itself. Their names are made once, so that writing them
/// allocates nothing.
/// </summary>
internal sealed class OutputFigures
{
    /// <summary>An output with more values, such as an accuracy of each class, gives no figures.</summary>
    public const int MostValues = 20;

    private readonly (Blob Blob, string[] Names)[] outputs;

    /// <summary>Chooses the outputs.</summary>
    /// <param name="net">The training net; its blobs have their shapes.</param>
    /// <param name="taken">Names that other figures of training have.</param>
    public OutputFigures(Net net, IReadOnlyCollection<string> taken)
    {
        string[] losses = [.. net.Outputs.Where(o => NetOutputs.LossWeight(net, o) != 0)];
        outputs =
        [
            .. net.Outputs
                .Where(o => losses is not [var loss] || loss != o || NetOutputs.LossWeight(net, o) != 1)
                .Where(o => !taken.Contains("train/" + o) && net.FindBlob(o).Count is > 0 and <= MostValues)
                .Select(o => (net.FindBlob(o), NamesOf("train", o, net.FindBlob(o).Count))),
        ];
    }

    /// <summary>Returns the names of the figures of an output: its own, with an index where it has several.</summary>
    /// <param name="group">The group, such as <c>test</c>.</param>
    /// <param name="output">The output's name.</param>
    /// <param name="count">The number of its values.</param>
    public static string[] NamesOf(string group, string output, int count) => count == 1
        ? [$"{group}/{output}"]
        : [.. Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"{group}/{output}.{i}"))];

    /// <summary>Writes the values of the pass that has just run.</summary>
    public void Write(RunWriter writer, int iteration)
    {
        foreach (var (blob, names) in outputs)
        {
            ReadOnlySpan<float> values = blob.Data;
            for (int i = 0; i < names.Length && i < values.Length; i++)
            {
                writer.Scalar(names[i], iteration, values[i]);
            }
        }
    }
}
