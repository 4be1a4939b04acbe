using System.Reflection;
using System.Reflection.Emit;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Plugins;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Plugins;

[Trait("Category", "Unit")]
public class PluginLoaderTests
{
    private readonly LayerRegistry layers = new();
    private readonly FillerRegistry fillers = new();

    [Fact]
    public void TheTypesOfANamedAssemblyAreAddedOnce()
    {
        var loader = new PluginLoader(layers, fillers);
        int before = layers.Types.Count;

        Assembly first = loader.Load(Repository.PluginAssembly);
        Assembly second = loader.Load(Path.GetRelativePath(Environment.CurrentDirectory, Repository.PluginAssembly));

        Assert.Same(first, second);
        Assert.Equal(before + 1, layers.Types.Count);
        Assert.Contains("Snake", layers.Types);
    }

    [Fact]
    public void APluginDerivesFromThisVeryLayerClass()
    {
        Assembly plugin = new PluginLoader(layers, fillers).Load(Repository.PluginAssembly);

        Assert.True(plugin.GetType("PluginLayer.SnakeLayer", throwOnError: true)!.IsSubclassOf(typeof(Layer)));
    }

    [Fact]
    public void APluginsClassRunsInThePlaceOfAPythonLayer()
    {
        new PluginLoader(layers, fillers).Load(Repository.PluginAssembly);
        Assert.Contains("snake.SnakeLayer", layers.PythonLayers);
        using var pool = new WorkerPool(1);
        Layer layer = Python(pool, "{'alpha': 2, 'learned': true}");
        Blob bottom = new(1, 3), top = new();
        layer.SetUp([bottom], [top]);
        layer.FillParameters();
        Assert.Equal([2, 2, 2], layer.Blobs[0].Data.ToArray());
        Diagnostic error = Assert.Throws<CnnException>(() => Python(pool, "'alhpa': 2")).Diagnostics[0];
        Assert.Equal("unknown option 'alhpa' of a Python layer", error.Message);
    }

    [Fact]
    public void AMissingFileIsNamed() => Assert.Equal(
        "the plug-in 'nowhere.dll' does not exist", Refused("nowhere.dll").Message);

    [Fact]
    public void AFolderIsNoAssembly() => Assert.Equal(
        "it is a folder; name the .dll or the .cs file in it", Refused(AppContext.BaseDirectory).Hint);

    [Fact]
    public void AFileThatIsNoAssemblyIsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("x.dll", "this is text");

        Assert.Equal($"the plug-in '{path}' is no .NET assembly that can run here", Refused(path).Message);
    }

    [Fact]
    public void AnAssemblyWithoutLayerTypesIsRefused()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Serilog.dll");

        Assert.Equal($"the plug-in '{path}' holds no layer types", Refused(path).Message);
    }

    [Fact]
    public void ANameThatIsTakenIsRefusedAndNothingIsAdded()
    {
        layers.Add("Snake", _ => throw new InvalidOperationException());
        int before = layers.Types.Count;

        Assert.Contains(
            "brings the layer type 'Snake', but there is one", Refused(Repository.PluginAssembly).Message,
            StringComparison.Ordinal);
        Assert.Equal(before, layers.Types.Count);
    }

    [Fact]
    public void AnAssemblyBuiltForAnotherVersionIsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = folder["Old.dll"];
        WritePluginAgainstAMissingClass(path);

        Assert.Contains("does not fit this version of Cnn", Refused(path).Message, StringComparison.Ordinal);
    }

    // Writes a class derived from Cnn.Layers.VanishedLayer, which exists only in another version of Cnn.Layers.
    private static void WritePluginAgainstAMissingClass(string path)
    {
        var other = new PersistedAssemblyBuilder(new AssemblyName("Cnn.Layers"), typeof(object).Assembly);
        TypeBuilder vanished = other.DefineDynamicModule("Cnn.Layers")
            .DefineType("Cnn.Layers.VanishedLayer", TypeAttributes.Public | TypeAttributes.Abstract);
        vanished.DefineDefaultConstructor(MethodAttributes.Public);
        Type parent = vanished.CreateType();
        var plugin = new PersistedAssemblyBuilder(new AssemblyName("Old"), typeof(object).Assembly);
        TypeBuilder layer = plugin.DefineDynamicModule("Old").DefineType("OldLayer", TypeAttributes.Public, parent);
        layer.DefineDefaultConstructor(MethodAttributes.Public);
        layer.CreateType();
        plugin.Save(path);
    }

    private Layer Python(WorkerPool pool, string options) => layers.Create(new LayerContext
    {
        Parameter = new LayerParameter
        {
            Name = "snake",
            Type = "Python",
            PythonParam = new PythonParameter { Module = "snake", Layer = "SnakeLayer", ParamStr = options },
        },
        Pool = pool,
    });

    private Diagnostic Refused(string path) => Assert.Single(
        Assert.Throws<CnnException>(() => new PluginLoader(layers, fillers).Load(path)).Diagnostics);
}
