using Cnn.Proto;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Proto.Text;

[Trait("Category", "Unit")]
public class TextRoundTripTests
{
    public static TheoryData<string> Types => new(RandomMessage.Types.Select(t => t.Name));

    [Theory]
    [MemberData(nameof(Types))]
    public void APrintedMessageReadsBackAsItself(string name)
    {
        MessageDescriptor type = RandomMessage.Types.Single(t => t.Name == name);
        Gen.ULong.Sample(
            seed =>
            {
                IMessage message = new RandomMessage(seed).Create(type);
                string printed = TextFormat.Print(message);
                IMessage read = TextFormat.Parse(type, printed, "printed");

                // Compares bytes too: equality of messages ignores whether a default is set.
                return message.Equals(read) && message.ToByteString() == read.ToByteString()
                    && printed == TextFormat.Print(read);
            },
            iter: 40,
            threads: 1);
    }

    [Fact]
    public void RandomMessagesReachEveryField()
    {
        var reached = new HashSet<string>();
        for (ulong seed = 0; seed < 300; seed++)
        {
            foreach (MessageDescriptor type in RandomMessage.Types)
            {
                IMessage message = new RandomMessage(seed).Create(type);
                reached.UnionWith(
                    from field in type.Fields.InDeclarationOrder()
                    where field.IsRepeated
                        ? ((System.Collections.IList)field.Accessor.GetValue(message)).Count > 0
                        : field.Accessor.HasValue(message)
                    select field.FullName);
            }
        }

        var all = from type in RandomMessage.Types
                  where type != PluginOption.Descriptor && type != PluginValue.Descriptor
                  from field in FieldNames.FieldsOf(type)
                  select field.FullName;
        Assert.Empty(all.Except(reached));
    }

    [Fact]
    public void AFieldSetToItsDefaultStaysSet()
    {
        var pooling = new PoolingParameter { Stride = 1, Pad = 0, Pool = PoolingParameter.Types.PoolMethod.Max };
        string printed = TextFormat.Print(pooling);
        Assert.Equal("pool: MAX\nstride: 1\npad: 0\n", printed);
        var read = TextFormat.Parse<PoolingParameter>(printed, "f");
        Assert.True(read.HasStride && read.HasPad && read.HasPool);
        Assert.False(read.HasKernelSize || read.HasGlobalPooling);
    }

    [Fact]
    public void TheTextIsIndentedInFieldOrderWithShortNumbers()
    {
        var layer = new LayerParameter
        {
            Type = "Convolution",
            Name = "conv\"1\"",
            LossWeight = { 0.1f, 1e-5f, float.NaN, float.NegativeInfinity },
            ConvolutionParam = new()
            {
                NumOutput = 20,
                WeightFiller = new() { Type = "xavier" },
                KernelSize = { 3, 5 },
            },
            PluginParam = new()
            {
                Option =
                {
                    new PluginOption
                    {
                        Name = "modes",
                        Value = { new PluginValue { Text = "a\n" }, new PluginValue { Scalar = "FAST" } },
                    },
                    new PluginOption { Name = "inner", Value = { new PluginValue { Block = new() } } },
                    new PluginOption { Name = "none" },
                },
            },
        };
        Assert.Equal(
            """
            name: "conv\"1\""
            type: "Convolution"
            loss_weight: 0.1
            loss_weight: 1E-05
            loss_weight: nan
            loss_weight: -inf
            convolution_param {
              num_output: 20
              kernel_size: 3
              kernel_size: 5
              weight_filler {
                type: "xavier"
              }
            }
            plugin_param {
              modes: ["a\n", FAST]
              inner {
              }
              none: []
            }

            """.ReplaceLineEndings("\n"),
            TextFormat.Print(layer));
    }

    [Theory]
    [InlineData("", "1")]
    [InlineData("a b", "1")]
    [InlineData("-a", "1")]
    [InlineData("7", "1")]
    [InlineData("a", "")]
    [InlineData("a", "- 1")]
    [InlineData("a", "1 } x {")]
    [InlineData("a", "\uFEFF1")]
    [InlineData("a", "\"quoted\"")]
    public void AFreeFormBlockThatTextCannotHoldIsRefused(string name, string scalar)
    {
        var option = new PluginOption { Name = name, Value = { new PluginValue { Scalar = scalar } } };
        var block = new PluginParameter { Option = { option } };
        Assert.Throws<CnnException>(() => TextFormat.Print(block));
        Assert.Throws<CnnException>(() => TextFormat.Print(new PluginParameter
        {
            Option = { new PluginOption { Name = "a", Value = { new PluginValue() } } },
        }));
    }

    [Fact]
    public void BlobDataReadsBackBitForBit()
    {
        var random = new Random(7);
        var blob = new BlobProto { Shape = new BlobShape { Dim = { 100_000 } } };
        for (int i = 0; i < 100_000; i++)
        {
            float value = BitConverter.Int32BitsToSingle((int)random.NextInt64(int.MinValue, int.MaxValue));
            blob.Data.Add(float.IsNaN(value) ? 0 : value);
        }

        string printed = TextFormat.Print(blob);
        Assert.Equal(blob.ToByteString(), TextFormat.Parse<BlobProto>(printed, "f").ToByteString());
        string list = $"data: [{string.Join(", ", blob.Data.Select(v => v.ToString("R")))}]";
        Assert.Equal(blob.Data, TextFormat.Parse<BlobProto>(list, "f").Data);
    }
}
