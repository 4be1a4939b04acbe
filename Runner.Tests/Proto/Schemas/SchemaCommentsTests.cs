using Cnn.Proto;
using Cnn.Proto.Schemas;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Proto.Schemas;

[Trait("Category", "Unit")]
public class SchemaCommentsTests
{
    [Fact]
    public void EveryMessageFieldAndValueOfTheSchemaHasAComment()
    {
        FileDescriptor file = NetParameter.Descriptor.File;
        var messages = file.MessageTypes.SelectMany(WithNested).ToArray();
        var enums = file.EnumTypes.Concat(messages.SelectMany(m => m.EnumTypes)).ToArray();
        DescriptorBase[] parts =
        [
            .. messages, .. messages.SelectMany(m => m.Fields.InDeclarationOrder()), .. enums,
            .. enums.SelectMany(e => e.Values),
        ];
        Assert.True(parts.Length > 1000);
        Assert.Empty(parts.Where(p => SchemaComments.Of(p).Length == 0).Select(p => p.FullName));
    }

    [Fact]
    public void LinesOfAParagraphAreJoined() => Assert.Equal(
        "The type's name as it was registered, such as Convolution; capitals matter.",
        SchemaComments.Of(LayerParameter.Descriptor.FindFieldByName("type")));

    [Fact]
    public void ACommentOfManyLinesIsOneLine() => Assert.Equal(
        "What a net is built for. Layers that act differently in training and in use (Dropout, BatchNorm, data layers) "
        + "follow it, and the rules of include and exclude ask for it.",
        SchemaComments.Of(NetParameter.Descriptor.File.EnumTypes.Single(e => e.Name == "Phase")));

    [Theory]
    [InlineData("layers", true)]
    [InlineData("input", true)]
    [InlineData("input_dim", true)]
    [InlineData("input_shape", true)]
    [InlineData("layer", false)]
    [InlineData("force_backward", false)]
    public void OldFormsOfANetAreDeprecated(string field, bool isDeprecated) => Assert.Equal(
        isDeprecated, SchemaComments.IsDeprecated(NetParameter.Descriptor.FindFieldByName(field)));

    [Fact]
    public void WhatASolverIgnoresIsDeprecated() => Assert.Equal(
        ["solver_mode", "device_id", "solver_type", "layer_wise_reduce"],
        SolverParameter.Descriptor.Fields.InDeclarationOrder().Where(SchemaComments.IsDeprecated).Select(f => f.Name));

    private static IEnumerable<MessageDescriptor> WithNested(MessageDescriptor message) =>
        [message, .. message.NestedTypes.SelectMany(WithNested)];
}
