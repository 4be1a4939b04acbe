using System.Reflection;
using System.Runtime.Loader;
using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Layers.Plugins;

/// <summary>
/// Loads assemblies that hold the user's own layer, filler or other types and adds the types to the registries. A
/// plug-in uses this program's Cnn assemblies; whatever else it needs must be beside it. A C# file is compiled first.
/// Loading runs a plug-in's code: load only files that the user named.
/// </summary>
/// <param name="layers">Receives the layer types.</param>
/// <param name="fillers">Receives the filler types.</param>
/// <param name="others">Receive the types of their kinds.</param>
public sealed class PluginLoader(LayerRegistry layers, FillerRegistry fillers, params IPluginRegistry[] others)
{
    private readonly Dictionary<string, Assembly> loaded = new(StringComparer.Ordinal);

    /// <summary>
    /// Compiles C# files. Plug-ins may use Cnn's assemblies up to those of the registries that the loader fills.
    /// </summary>
    public PluginCompiler Compiler { get; init; } = new(others.Select(o => o.GetType().Assembly));

    /// <summary>Receives the compiler's warnings about C# files; null for nobody.</summary>
    public Action<Diagnostic>? Warn { get; init; }

    /// <summary>Loads an assembly and adds its types; once only, however often it is named.</summary>
    /// <param name="path">The assembly's file, or a C# file to compile.</param>
    /// <param name="cancellation">Ends the compiler of a C# file.</param>
    /// <returns>The assembly.</returns>
    /// <exception cref="CnnException">
    /// The file is missing, does not compile or is not a .NET assembly, was built for another version, holds no types
    /// for a registry, or a name is already in use. The registries are then unchanged.
    /// </exception>
    /// <exception cref="OperationCanceledException">The compiler was cancelled.</exception>
    public Assembly Load(string path, CancellationToken cancellation = default)
    {
        string identity = Identity(path);
        if (loaded.TryGetValue(identity, out Assembly? before))
        {
            return before;
        }

        if (!File.Exists(path))
        {
            throw new CnnException(
                $"the plug-in '{path}' does not exist",
                Directory.Exists(path)
                    ? "it is a folder; name the .dll or the .cs file in it"
                    : "name the .dll that building the plug-in wrote, or its .cs file");
        }

        Assembly assembly = Open(path, PluginCompiler.IsSource(path) ? Compiled(path, cancellation) : identity);
        Type[] types = TypesOf(assembly, path);
        RequireNewNames(types, path);
        fillers.AddFrom(assembly);
        layers.AddFrom(assembly);
        foreach (IPluginRegistry other in others)
        {
            other.AddFrom(assembly);
        }

        loaded.Add(identity, assembly);
        return assembly;
    }

    /// <summary>Whether two paths name the same file.</summary>
    public static bool IsSameFile(string path, string other) => Identity(path) == Identity(other);

    private static string Identity(string path)
    {
        PathText.Require(path);
        return PathText.Resolved(path);
    }

    private string Compiled(string path, CancellationToken cancellation)
    {
        CompiledPlugin compiled = Compiler.Compile(path, cancellation);
        foreach (Diagnostic warning in compiled.Warnings)
        {
            Warn?.Invoke(warning);
        }

        return Path.GetFullPath(compiled.Path);
    }

    private static Assembly Open(string path, string fullPath)
    {
        try
        {
            return new PluginContext(fullPath).LoadFromAssemblyPath(fullPath);
        }
        catch (BadImageFormatException exception)
        {
            throw new CnnException(
                $"the plug-in '{path}' is no .NET assembly that can run here", "build it for net10.0", exception);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new CnnException(
                $"the plug-in '{path}' cannot be loaded: {PluginFault.Describe(exception)}", inner: exception);
        }
    }

    private Type[] TypesOf(Assembly assembly, string path)
    {
        try
        {
            // Attributes are read here too, since their types may be what is missing.
            Type[] types = [.. assembly.GetTypes().Where(HasTypeName)];
            foreach (Type type in types)
            {
                _ = type.GetConstructors();
            }

            return types.Length > 0
                ? types
                : throw new CnnException(
                    $"the plug-in '{path}' holds no layer types",
                    "mark each layer class with [LayerType(\"Name\")]");
        }
        catch (Exception exception) when (exception
            is ReflectionTypeLoadException or TypeLoadException or MissingMemberException or IOException
                or BadImageFormatException)
        {
            throw new CnnException(
                $"the plug-in '{path}' does not fit this version of Cnn: {PluginFault.Describe(exception)}",
                "build it again against this version, with all that it needs beside it",
                exception);
        }
    }

    private void RequireNewNames(Type[] types, string path)
    {
        var layerNames = new HashSet<string>(layers.Types, StringComparer.Ordinal);
        var pythonNames = new HashSet<string>(layers.PythonLayers, StringComparer.Ordinal);
        var fillerNames = new HashSet<string>(fillers.Names, StringComparer.Ordinal);
        foreach (Type type in types)
        {
            if (LayerName(type) is { } layer)
            {
                RequireLayer(type, $"[LayerType(\"{layer}\")]", path);
                RequireNew(layerNames.Add(layer), "layer type", layer);
            }

            foreach (PythonLayerAttribute python in type.GetCustomAttributes<PythonLayerAttribute>())
            {
                RequireLayer(type, $"[PythonLayer(\"{python.Module}\", \"{python.Layer}\")]", path);
                RequireNew(pythonNames.Add(python.FullName), "Python layer", python.FullName);
            }

            if (FillerName(type) is { } filler)
            {
                RequireNew(fillerNames.Add(filler), "filler type", filler);
            }
        }

        foreach (IPluginRegistry other in others)
        {
            var names = new HashSet<string>(other.Types, StringComparer.Ordinal);
            foreach (Type type in types)
            {
                if (other.NameOf(type) is { } name)
                {
                    RequireMakeable(other, type, name, path);
                    RequireNew(names.Add(name), $"{other.Kind} type", name);
                }
            }
        }

        void RequireNew(bool isNew, string kind, string name)
        {
            if (!isNew)
            {
                throw new CnnException(
                    $"the plug-in '{path}' brings the {kind} '{name}', but there is one of that name already",
                    "give it a name of its own");
            }
        }
    }

    private static void RequireLayer(Type type, string attribute, string path)
    {
        if (!type.IsSubclassOf(typeof(Layer)) || type.IsAbstract || type.GetConstructor([typeof(LayerContext)]) is null)
        {
            throw new CnnException(
                $"the plug-in '{path}' marks {type} with {attribute}, "
                + "but it is not a layer that can be created",
                "derive it from Layer, not abstract, with a public constructor that takes a LayerContext");
        }
    }

    private static void RequireMakeable(IPluginRegistry registry, Type type, string name, string path)
    {
        if (!registry.CanMake(type))
        {
            throw new CnnException(
                $"the plug-in '{path}' marks {type} as the {registry.Kind} type '{name}', but it cannot be created",
                registry.Requirement);
        }
    }

    private bool HasTypeName(Type type) =>
        LayerName(type) is not null
        || type.IsDefined(typeof(PythonLayerAttribute))
        || FillerName(type) is not null
        || Array.Exists(others, o => o.NameOf(type) is not null);

    private static string? LayerName(Type type) => type.GetCustomAttribute<LayerTypeAttribute>()?.Name;

    private static string? FillerName(Type type) => type.GetCustomAttribute<FillerTypeAttribute>()?.Name;

    private sealed class PluginContext(string path) : AssemblyLoadContext(Path.GetFileName(path))
    {
        private readonly AssemblyDependencyResolver resolver = new(path);

        // Null leaves the name to the program's own assemblies: layers must derive from this very Layer class.
        protected override Assembly? Load(AssemblyName assemblyName) =>
            Default.Assemblies.Any(a => a.GetName().Name == assemblyName.Name)
            || resolver.ResolveAssemblyToPath(assemblyName) is not { } file
                ? null
                : LoadFromAssemblyPath(file);

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
    }
}
