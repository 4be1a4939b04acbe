using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cnn.Engine.Solvers;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Schemas;
using CsCheck;
using Json.Schema;

namespace Cnn.Tests.Proto.Schemas;

/// <summary>The JSON Schemas take what the readers take, and refuse what is misspelt or of a wrong type.</summary>
[Trait("Category", "Unit")]
public partial class YamlSchemaTests
{
    private static readonly TypeNames Types = new(
        new LayerRegistry().Types, new FillerRegistry().Names, new SolverRegistry().Types);

    private static readonly Lazy<JsonSchema> Net = new(() => JsonSchema.FromText(YamlSchema.OfNet(Types)));
    private static readonly Lazy<JsonSchema> Solver = new(() => JsonSchema.FromText(YamlSchema.OfSolver(Types)));

    [Fact]
    public void EveryYamlOfTheModelsIsValid()
    {
        string[] files = Directory.GetFiles(Repository.PathOf("Models"), "*.yaml", SearchOption.AllDirectories);
        Assert.True(files.Length > 40);
        Assert.All(files, file =>
        {
            bool isSolver = Path.GetFileName(file).Contains("solver", StringComparison.Ordinal);
            Assert.True(IsValid(isSolver ? Solver : Net, File.ReadAllText(file)), file);
        });
    }

    [Fact]
    public void EveryKindOfKeyOfAModelMisspeltIsRefused()
    {
        JsonNode net = YamlAsJson.Read(
            File.ReadAllText(Repository.PathOf("Models", "lenet", "lenet_train_test.yaml")), "lenet")!;
        var tried = new HashSet<string>();
        foreach (JsonObject map in Maps(net).ToArray())
        {
            string place = Elements().Replace(map.GetPath(), "");
            foreach (string key in map.Select(e => e.Key).Where(k => tried.Add($"{place}.{k}")).ToArray())
            {
                JsonNode? value = map[key];
                map.Remove(key);
                map[key + "_x"] = value?.DeepClone();
                Assert.False(IsValid(Net, net), $"{map.GetPath()}.{key}");
                map.Remove(key + "_x");
                map[key] = value;
            }
        }

        Assert.True(tried.Count > 30);
        Assert.True(IsValid(Net, net));
    }

    [Fact]
    public void WhatIsPrintedIsValid() => Gen.ULong.Sample(
        seed =>
        {
            var random = new RandomMessage(seed);
            string net = YamlFormat.Print(random.Create(NetParameter.Descriptor));
            string solver = YamlFormat.Print(random.Create(SolverParameter.Descriptor));
            return IsValid(Net, net) && IsValid(Solver, solver);
        },
        seed: "0000000000000",
        iter: 200,
        threads: 1);

    [Theory]
    [InlineData("layer: {type: Convolution, convolution_param: {kernel_size: 3}}")]
    [InlineData("layer:\n- {type: Convolution, convolution_param: {kernel_size: [3, 5]}}")]
    [InlineData("layer: {type: Pooling, pooling_param: {pool: MAX}}")]
    [InlineData("layer: {type: ReLU, relu_param: , loss_weight: [.inf, .nan, 1, 1.5]}")]
    [InlineData("layer: {type: Mine, plugin_param: {any: {thing: [1, two]}, other: true}}")]
    [InlineData("layer: {type: Mine, mine_param: {any: thing}}")]
    [InlineData("layer: {name: 1, type: Clip, clip_param: {min: 0, max: 1}}")]
    [InlineData("layer: {type: Convolution, include: {phase: TRAIN}}")]
    [InlineData("layer:\n- include: a.yaml\n- {include: a.yaml, with: {name: a, channels: 3, rate: .5, on: true}}")]
    [InlineData("parameters: {name: , channels: 3}\nlayer: {name: '${name}_a'}")]
    [InlineData(
        "layer: {type: Pooling, pooling_param: {pool: '${pool}', kernel_size: '${size}', global_pooling: '${all}'}}")]
    [InlineData("include: base.yaml\nwith: {a: 1}\nname: x")]
    [InlineData("layer: &a {name: a, type: ReLU}\nlayers:\n- {type: RELU}")]
    public void ANetThatTheReaderTakesIsValid(string yaml) => Assert.True(IsValid(Net, yaml));

    [Theory]
    [InlineData("layers_: {}")]
    [InlineData("layer: {typ: ReLU}")]
    [InlineData("layer: {type: ReLU, relu_params: {negative_slope: 1}}")]
    [InlineData("layer: {relu_params: {negative_slope: 1}}")]
    [InlineData("layer: {type: Mine, mine_param: 3}")]
    [InlineData("layer: {type: Convolution, convolution_param: {num_output: -1}}")]
    [InlineData("layer: {type: Convolution, convolution_param: {num_output: 4294967296}}")]
    [InlineData("layer: {type: Convolution, convolution_param: {num_output: 2.5}}")]
    [InlineData("layer: {type: Convolution, convolution_param: {num_output: '3'}}")]
    [InlineData("layer: {type: Convolution, convolution_param: {num_output: [3]}}")]
    [InlineData("layer: {type: Convolution, convolution_param: {kernel_size: [[3]]}}")]
    [InlineData("layer: {type: Pooling, pooling_param: {pool: max}}")]
    [InlineData("layer: {type: Pooling, pooling_param: {global_pooling: maybe}}")]
    [InlineData("layer: {type: ReLU, relu_param: 3}")]
    [InlineData("layer: {type: Clip, clip_param: {min: 0}}")]
    [InlineData("layer: {type: Clip, clip_param: }")]
    [InlineData("layer: {type: Mine, plugin_param: {1a: 3}}")]
    [InlineData("layer: {include: a.yaml, name: b}")]
    [InlineData("layer: {include: a.yaml, with: 3}")]
    [InlineData("layer: {with: {a: 3}}")]
    [InlineData("parameters: {1a: 3}")]
    [InlineData("include: [a.yaml]")]
    [InlineData("name: [a]")]
    public void AMistakeIsRefusedByTheSchemaAndByTheReader(string yaml)
    {
        Assert.False(IsValid(Net, yaml));
        Assert.Throws<CnnException>(() => YamlFormat.Parse<NetParameter>(yaml, "f.yaml"));
    }

    [Theory]
    [InlineData("base_lr: fast")]
    [InlineData("base_lrate: 1")]
    [InlineData("snapshot_format: HDF")]
    [InlineData("test_iter: {a: 1}")]
    [InlineData("net_param: {layer: {typ: ReLU}}")]
    [InlineData("net_param: {include: a.yaml}")]
    public void AMistakeInASolverIsRefused(string yaml)
    {
        Assert.False(IsValid(Solver, yaml));
        Assert.Throws<CnnException>(() => YamlFormat.Parse<SolverParameter>(yaml, "f.yaml"));
    }

    [Fact]
    public void FieldsHaveTheirCommentsDefaultsAndWhetherTheyAreDeprecated()
    {
        JsonNode solver = JsonNode.Parse(YamlSchema.OfSolver(Types))!;
        JsonNode fields = solver["properties"]!;

        Assert.Equal("http://json-schema.org/draft-07/schema#", (string?)solver["$schema"]);
        Assert.StartsWith("The learning rate that lr_policy", (string?)fields["base_lr"]!["description"]);
        Assert.Equal(0.99f, (float)fields["rms_decay"]!["default"]!);
        Assert.Equal("0.99", fields["rms_decay"]!["default"]!.ToJsonString());
        Assert.Equal("BINARYPROTO", (string?)fields["snapshot_format"]!["default"]);
        Assert.Equal("L2", (string?)fields["regularization_type"]!["default"]);
        Assert.True((bool)fields["test_initialization"]!["default"]!);
        Assert.True((bool)fields["solver_mode"]!["deprecated"]!);
        Assert.Null(fields["base_lr"]!["deprecated"]);
        Assert.Contains("Adam", fields["type"]!["anyOf"]![0]!["enum"]!.AsArray().Select(n => (string?)n));
        JsonNode formats = solver["definitions"]!["SolverParameter.SnapshotFormat"]!["anyOf"]![0]!;
        Assert.Equal(["HDF5", "BINARYPROTO"], formats["enum"]!.AsArray().Select(n => (string?)n));
        Assert.Equal("Protobuf's binary form.", (string?)formats["enumDescriptions"]![1]);
    }

    [Fact]
    public void OnlyBlocksOfWhichNothingIsRequiredMayBeLeftEmpty()
    {
        JsonNode definitions = JsonNode.Parse(YamlSchema.OfNet(Types))!["definitions"]!;
        JsonNode clip = definitions["ClipParameter"]!, relu = definitions["ReLUParameter"]!;

        Assert.Equal("object", (string?)clip["type"]);
        Assert.Equal(["min", "max"], clip["required"]!.AsArray().Select(n => (string?)n));
        Assert.Equal(["object", "null"], relu["type"]!.AsArray().Select(n => (string?)n));
        Assert.Null(relu["required"]);
    }

    [Fact]
    public void TypesOfLayersAreOfferedWithWhatTheyAre()
    {
        JsonNode layer = JsonNode.Parse(YamlSchema.OfNet(Types))!["definitions"]!["LayerParameter"]!;
        JsonNode known = layer["properties"]!["type"]!["anyOf"]![0]!;
        string[] names = [.. known["enum"]!.AsArray().Select(n => (string)n!)];

        Assert.Equal(Types.Layers, names);
        Assert.Equal(
            SchemaComments.Of(PReLUParameter.Descriptor),
            (string?)known["enumDescriptions"]![Array.IndexOf(names, "PReLU")]);
    }

    [GeneratedRegex(@"\[[0-9]+\]")]
    private static partial Regex Elements();

    private static IEnumerable<JsonObject> Maps(JsonNode? node) => node switch
    {
        JsonArray list => list.SelectMany(Maps),
        JsonObject map => [map, .. map.SelectMany(e => Maps(e.Value))],
        _ => [],
    };

    private static bool IsValid(Lazy<JsonSchema> schema, string yaml) =>
        IsValid(schema, YamlAsJson.Read(yaml, "f.yaml"));

    private static bool IsValid(Lazy<JsonSchema> schema, JsonNode? document) =>
        schema.Value.Evaluate(JsonSerializer.SerializeToElement(document)).IsValid;
}
