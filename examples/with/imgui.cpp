// SPDX-License-Identifier: MIT
// Dear ImGui: a context with its font, ten frames of two windows, and its end, in one scope. Its hook is for the whole
// context, whose arrays live on from frame to frame. A program that keeps the context should leave it on malloc, because
// here each array that grows leaves its old block unused until the context ends.
//
//   c++ -std=c++17 -I ../../include -I /usr/include/imgui imgui.cpp -lsecondstack -limgui -lstb -pthread && ./a.out
#include "with.h"
#include <imgui.h>

static void *plain_alloc(size_t size, void *)
{
  return with_malloc(size);
}

static void plain_free(void *block, void *)
{
  with_free(block);
}

static void use(ss_adapter *scratch)
{
  if (scratch) {
    ImGui::SetAllocatorFunctions(ss_adapt_user_last_alloc, ss_adapt_user_last_free,
                                 scratch);  // glue
  } else {
    ImGui::SetAllocatorFunctions(plain_alloc, plain_free);
  }
}

static void draw_frames(with_output *out, ss_adapter *scratch)
{
  use(scratch);
  ImGui::CreateContext();
  ImGuiIO &io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.DisplaySize = ImVec2(800, 600);
  unsigned char *pixels;
  int width, height;
  io.Fonts->GetTexDataAsAlpha8(&pixels, &width, &height);
  for (int frame = 0; frame < 10; frame++) {
    io.DeltaTime = 1.0f / 60;
    ImGui::NewFrame();
    ImGui::Begin("list");
    for (int i = 0; i < 20 + frame * 10; i++) ImGui::Text("row %d of frame %d", i, frame);
    ImGui::End();
    ImGui::Begin("controls");
    bool is_on = frame % 2 == 0;
    ImGui::Checkbox("on", &is_on);
    float value = static_cast<float>(frame);
    ImGui::SliderFloat("value", &value, 0, 10);
    ImGui::End();
    ImGui::Render();
    const ImDrawData *data = ImGui::GetDrawData();
    for (int i = 0; i < data->CmdListsCount; i++) {
      const ImDrawList *list = data->CmdLists[i];
      with_write(out, list->VtxBuffer.Data, static_cast<size_t>(list->VtxBuffer.size_in_bytes()));
      with_write(out, list->IdxBuffer.Data, static_cast<size_t>(list->IdxBuffer.size_in_bytes()));
    }
  }
  ImGui::DestroyContext();
}

int main(int argc, char **argv)
{
  return with_main(argc, argv, "Dear ImGui", draw_frames);
}
