using Microsoft.ML.OnnxRuntime;

namespace Cnn.Tests.Engine.Export;

/// <summary>A model that ONNX Runtime runs.</summary>
internal sealed class OnnxRun : IDisposable
{
    private readonly SessionOptions options;
    private readonly InferenceSession session;

    /// <param name="path">The model's file.</param>
    /// <param name="optimises">Whether ONNX Runtime changes the graph for speed.</param>
    public OnnxRun(string path, bool optimises = true)
    {
        options = new SessionOptions
        {
            GraphOptimizationLevel =
                optimises ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        session = new InferenceSession(path, options);
    }

    public IReadOnlyCollection<string> Inputs => session.InputNames;

    /// <summary>The sizes of an input's axes; -1 for an open one.</summary>
    public int[] ShapeOf(string input) => session.InputMetadata[input].Dimensions;

    public void Dispose()
    {
        session.Dispose();
        options.Dispose();
    }

    /// <summary>Runs the model.</summary>
    public IReadOnlyDictionary<string, (int[] Shape, float[] Values)> Run(
        IEnumerable<(string Name, int[] Shape, float[] Values)> inputs)
    {
        Dictionary<string, OrtValue> values = inputs.ToDictionary(
            i => i.Name,
            i => OrtValue.CreateTensorValueFromMemory(i.Values, Array.ConvertAll(i.Shape, d => (long)d)));
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, values, session.OutputNames);
        var results = new Dictionary<string, (int[], float[])>();
        for (int i = 0; i < outputs.Count; i++)
        {
            long[] shape = outputs[i].GetTensorTypeAndShape().Shape;
            results[session.OutputNames[i]] =
                (Array.ConvertAll(shape, d => (int)d), outputs[i].GetTensorDataAsSpan<float>().ToArray());
        }

        foreach (OrtValue value in values.Values)
        {
            value.Dispose();
        }

        return results;
    }
}
