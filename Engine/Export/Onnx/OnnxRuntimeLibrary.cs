using System.Collections;
using System.Reflection;
using System.Runtime.InteropServices;
using Cnn.Proto;

namespace Cnn.Engine.Export.Onnx;

/// <summary>
/// ONNX Runtime where it is installed: beside the program, or in the folder that CNN_ONNXRUNTIME names. It is no part
/// of the program, so it is bound when it is asked for.
/// </summary>
internal sealed class OnnxRuntimeLibrary
{
    /// <summary>The environment variable that names the folder of the library.</summary>
    public const string FolderVariable = "CNN_ONNXRUNTIME";

    private const string AssemblyName = "Microsoft.ML.OnnxRuntime";

    private readonly Type session;
    private readonly Type named;
    private readonly MethodInfo toTensor;

    private OnnxRuntimeLibrary(Assembly assembly)
    {
        session = assembly.GetType($"{AssemblyName}.InferenceSession", throwOnError: true)!;
        named = assembly.GetType($"{AssemblyName}.NamedOnnxValue", throwOnError: true)!;
        toTensor = assembly.GetType($"{AssemblyName}.Tensors.ArrayTensorExtensions", throwOnError: true)!
            .GetMethods().Single(m => m.Name == "ToTensor" && m.GetParameters()[0].ParameterType == typeof(Array))
            .MakeGenericMethod(typeof(float));
    }

    /// <summary>What to do to have it.</summary>
    public static string HowToInstall =>
        $"put {AssemblyName}.dll and its native library, of the NuGet packages {AssemblyName}.Managed and "
        + $"{AssemblyName}, beside the program or into a folder that {FolderVariable} names";

    /// <summary>Finds it; returns null where it is not installed.</summary>
    /// <exception cref="CnnException">The folder that the environment names does not have it.</exception>
    public static OnnxRuntimeLibrary? Find()
    {
        string? folder = Environment.GetEnvironmentVariable(FolderVariable);
        string file = Path.Combine(
            folder is { Length: > 0 } ? folder : AppContext.BaseDirectory, AssemblyName + ".dll");
        if (!File.Exists(file))
        {
            return folder is { Length: > 0 }
                ? throw new CnnException($"{FolderVariable}: '{file}' is not there", HowToInstall)
                : null;
        }

        try
        {
            Assembly assembly = Assembly.LoadFrom(file);
            if (folder is { Length: > 0 })
            {
                UseNativeLibraryOf(assembly, folder);
            }

            return new OnnxRuntimeLibrary(assembly);
        }
        catch (Exception exception)
            when (exception is BadImageFormatException or FileLoadException or TypeLoadException)
        {
            throw new CnnException($"'{file}' cannot be loaded: {exception.Message}", HowToInstall);
        }
    }

    /// <summary>Runs a model.</summary>
    /// <param name="path">The model's file.</param>
    /// <param name="runs">The inputs of each run: name, shape and values.</param>
    /// <returns>The outputs of each run by name.</returns>
    /// <exception cref="CnnException">It refuses the model, or cannot run it.</exception>
    public IReadOnlyList<IReadOnlyDictionary<string, float[]>> Run(
        string path, IEnumerable<IReadOnlyList<(string Name, int[] Shape, float[] Values)>> runs)
    {
        try
        {
            using var opened = (IDisposable)Activator.CreateInstance(session, path)!;
            return [.. runs.Select(inputs => Run(opened, inputs))];
        }
        catch (TargetInvocationException exception) when (exception.InnerException is { } inner)
        {
            throw new CnnException(
                inner is DllNotFoundException or TypeInitializationException
                    ? $"the native library of ONNX Runtime is not there: {inner.Message}"
                    : $"ONNX Runtime refuses '{path}': {inner.Message}",
                inner is DllNotFoundException or TypeInitializationException ? HowToInstall : null);
        }
    }

    private Dictionary<string, float[]> Run(
        IDisposable opened, IReadOnlyList<(string Name, int[] Shape, float[] Values)> inputs)
    {
        MethodInfo create = named.GetMethods().Single(m => m.Name == "CreateFromTensor")
            .MakeGenericMethod(typeof(float));
        var values = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(named))!;
        foreach (var (name, shape, data) in inputs)
        {
            object flat = toTensor.Invoke(null, [data, false])!;
            object shaped = flat.GetType().GetMethod("Reshape", [typeof(ReadOnlySpan<int>)])!
                .CreateDelegate<TensorReshape>(flat)(shape);
            values.Add(create.Invoke(null, [name, shaped]));
        }

        MethodInfo run = session.GetMethod("Run", [typeof(IReadOnlyCollection<>).MakeGenericType(named)])!;
        using var results = (IDisposable)run.Invoke(opened, [values])!;
        var outputs = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (object result in (IEnumerable)results)
        {
            var name = (string)named.GetProperty("Name")!.GetValue(result)!;
            outputs[name] = [.. (IEnumerable<float>)named.GetProperty("Value")!.GetValue(result)!];
        }

        return outputs;
    }

    private delegate object TensorReshape(ReadOnlySpan<int> shape);

    private static void UseNativeLibraryOf(Assembly assembly, string folder)
    {
        try
        {
            NativeLibrary.SetDllImportResolver(assembly, (name, _, _) =>
            {
                string stem = Path.GetFileNameWithoutExtension(name);
                string[] folders =
                    [folder, Path.Combine(folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native")];
                var files =
                    from place in folders
                    from file in (string[])[$"lib{stem}.so", $"{stem}.dll", $"lib{stem}.dylib"]
                    select Path.Combine(place, file);
                foreach (string file in files.Where(File.Exists))
                {
                    if (NativeLibrary.TryLoad(file, out nint handle))
                    {
                        return handle;
                    }
                }

                return 0;
            });
        }
        catch (InvalidOperationException)
        {
            // An earlier check set it.
        }
    }
}
