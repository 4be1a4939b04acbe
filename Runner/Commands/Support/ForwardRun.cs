using System.Diagnostics;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands.Support;

/// <summary>A run of <c>cnn forward</c>.</summary>
internal sealed class ForwardRun(Net net, CommandConsole console)
{
    private const int ValuesShown = 8;

    public BlobFile[] Inputs { get; init; } = [];

    public BlobFile[] Outputs { get; init; } = [];

    public BlobFile[] Diffs { get; init; } = [];

    public string? AllBlobs { get; init; }

    public bool RunsBackward { get; init; }

    /// <summary>Reads the inputs, runs the net, writes the outputs.</summary>
    /// <exception cref="CnnException">A blob or a file is wrong; nothing is written then.</exception>
    public void Run()
    {
        foreach (BlobFile output in Outputs)
        {
            net.FindBlob(output.Blob);
        }

        foreach (BlobFile input in Inputs)
        {
            SetInput(input);
        }

        Time("forward", () => net.Forward());
        if (RunsBackward)
        {
            foreach (BlobFile diff in Diffs)
            {
                SetDiff(diff);
            }

            Time("backward", net.Backward);
        }

        foreach (string name in net.Outputs)
        {
            Show(name, net.FindBlob(name));
        }

        foreach (BlobFile output in Outputs)
        {
            ArrayFile.Write(output.File, output.Blob, BlobArrays.DataOf(net.FindBlob(output.Blob)));
            console.Out.WriteLine($"Wrote {output.File}");
        }

        if (AllBlobs is not null)
        {
            ArrayFile.WriteHdf5(AllBlobs, Everything());
            console.Out.WriteLine($"Wrote {AllBlobs}");
        }
    }

    private void SetInput(BlobFile input)
    {
        Blob blob = net.FindInput(input.Blob);
        NumberArray array = ArrayFile.Read(input.File, input.Blob);
        if (!blob.Shape.SequenceEqual(array.Shape))
        {
            console.Out.WriteLine(
                $"{input.Blob}: {array.ShapeText} instead of [{string.Join(", ", blob.Shape.ToArray())}]");
        }

        net.SetInput(input.Blob, array.Values, array.Shape);
    }

    private void SetDiff(BlobFile diff)
    {
        NumberArray array = ArrayFile.Read(diff.File, diff.Blob);
        Blob blob = net.FindBlob(diff.Blob);
        if (!blob.Shape.SequenceEqual(array.Shape))
        {
            throw new CnnException(
                $"{diff.File}: has shape {array.ShapeText}, "
                + $"blob '{diff.Blob}' [{string.Join(", ", blob.Shape.ToArray())}]");
        }

        net.SetOutputDiff(diff.Blob, array.Values);
    }

    private void Time(string what, Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        console.Out.WriteLine($"{what} {watch.Elapsed.TotalMilliseconds:0.000} ms");
    }

    private void Show(string name, Blob blob)
    {
        string values = string.Join(
            ", ", blob.Data[..Math.Min(ValuesShown, blob.Count)].ToArray().Select(v => CaffeNumber.Format(v)));
        console.Out.WriteLine(
            $"{name} [{string.Join(", ", blob.Shape.ToArray())}]: {values}{(blob.Count > ValuesShown ? ", ..." : "")}");
    }

    private IEnumerable<(string Name, NumberArray Array)> Everything()
    {
        foreach (var (name, blob) in net.Blobs)
        {
            yield return ($"data/{name}", BlobArrays.DataOf(blob));
            if (RunsBackward)
            {
                yield return ($"diff/{name}", BlobArrays.DiffOf(blob));
            }
        }

        foreach (LearnableParameter parameter in net.Learnable.Where(_ => RunsBackward))
        {
            yield return ($"param/{parameter.Owner.Name}/{parameter.Index}", BlobArrays.DiffOf(parameter.Blob));
        }
    }
}
